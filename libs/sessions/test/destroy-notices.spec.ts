import { ManualClock } from '@nest-channels/core';
import { describe, expect, it } from '@jest/globals';
import { channelSessionId } from '../src/channel-session-id.js';
import { lockOf, noticeDestroys } from '../src/destroy-notices.js';
import { ProcessLocks } from '../src/session-locks.js';
import { CountingStore } from './support/counting-store.js';

const destroy = (store: CountingStore, id: string): Promise<unknown> =>
  new Promise((resolve) => {
    store.destroy(id, resolve);
  });

function noticed() {
  const store = new CountingStore();
  const clock = new ManualClock();
  const locks = new ProcessLocks(clock);
  const ids: string[] = [];
  const stop = noticeDestroys(store, locks, (id) => ids.push(id));
  return { store, clock, locks, ids, stop };
}

describe('the notices of a store', () => {
  it('tell which session was destroyed, until they are stopped', async () => {
    const { store, ids, stop } = noticed();
    await destroy(store, 'one');
    stop();
    await destroy(store, 'two');
    expect(ids).toEqual(['one']);
    expect(store.counts.destroy).toBe(2);
  });

  it('tell every listener, though the store is watched once', async () => {
    const { store, locks } = noticed();
    const ids: string[] = [];
    noticeDestroys(store, locks, (id) => ids.push(id));
    await destroy(store, 'one');
    expect(ids).toEqual(['one']);
    expect(store.counts.destroy).toBe(1);
  });

  it('tell nothing of the session of a connection', async () => {
    const { store, ids } = noticed();
    await destroy(store, channelSessionId('server.abc!1'));
    expect(ids).toEqual([]);
  });

  it('wait for whoever saves the session, but not for ever', async () => {
    const { store, locks, clock, ids } = noticed();
    await locks.acquire(lockOf('one'));
    const destroyed = destroy(store, 'one');
    await new Promise(setImmediate);
    expect(ids).toEqual([]);
    clock.advance(5_000);
    await destroyed;
    expect(ids).toEqual(['one']);
  });

  it('tell nothing when the store fails, which whoever asked is told', async () => {
    const store = new CountingStore();
    const failure = new Error('down');
    let calls = 0;
    store.destroy = (_id, callback) => {
      calls++;
      callback?.(failure);
    };
    const ids: string[] = [];
    noticeDestroys(store, new ProcessLocks(new ManualClock()), (id) => ids.push(id));
    expect(await destroy(store, 'one')).toBe(failure);
    expect([calls, ids]).toEqual([1, []]);
  });
});
