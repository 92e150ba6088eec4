import { ManualClock } from '@nest-channels/core';
import { describe, expect, it } from '@jest/globals';
import type { Store } from 'express-session';
import { SessionRecords } from '../src/session-records.js';
import { CountingStore } from './support/counting-store.js';

const clock = new ManualClock();
const recordsOf = (store: object) =>
  new SessionRecords(store as Store, { clock, timeoutMs: 2_000 });

describe('the records of a store', () => {
  it('are written, read, touched and removed', async () => {
    const store = new CountingStore();
    const records = recordsOf(store);
    await records.write('id', { cookie: {}, a: 1 });
    expect(await records.read('id')).toMatchObject({ a: 1 });
    await records.touch('id', { cookie: {} });
    await records.remove('id');
    expect(await records.read('id')).toBeUndefined();
    expect(store.counts).toEqual({ get: 2, set: 1, destroy: 1, touch: 1 });
    expect(clock.timers).toBe(0);
  });

  it('are not touched by a store that cannot', async () => {
    await expect(recordsOf({}).touch('id', {})).resolves.toBeUndefined();
  });

  it('that are missing as a file is are just not there', async () => {
    const get = (_id: string, done: (error: unknown) => void) => done({ code: 'ENOENT' });
    expect(await recordsOf({ get }).read('id')).toBeUndefined();
  });

  it.each(['error', 'throw', 'garbage'] as const)(
    'that come as %s fail, without a word of what they hold',
    async (reading) => {
      const store = Object.assign(new CountingStore(), { reading });
      const failure = await recordsOf(store).read('id').catch(String);
      expect(failure).toContain('The session store cannot be used');
      expect(failure).not.toContain('secret');
    },
  );

  it('fail when a store stays silent', async () => {
    const store = Object.assign(new CountingStore(), { reading: 'silence' });
    const read = recordsOf(store).read('id');
    clock.advance(2_000);
    await expect(read).rejects.toMatchObject({ code: 'CHANNELS_SESSION_STORE_FAILED' });
  });

  it.each(['rejects', 'throws nothing', 'names an error with a code'])(
    'fail when it %s',
    async (how) => {
      const get = (_id: string, done: (error: unknown) => void) => {
        if (how === 'rejects') return Promise.reject(new TypeError('x'));
        if (how === 'throws nothing') throw undefined;
        return done(Object.assign(new Error('x'), { code: 'ECONNREFUSED' }));
      };
      await expect(recordsOf({ get }).read('id')).rejects.toThrow('The session store');
    },
  );
});
