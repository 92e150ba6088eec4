import { ManualClock } from '@nest-channels/core';
import { describe, expect, it } from '@jest/globals';
import { ProcessLocks, withLock } from '../src/session-locks.js';

describe('locks of a process', () => {
  it('are given to one at a time, in the order they were asked for', async () => {
    const locks = new ProcessLocks(new ManualClock());
    const order: string[] = [];
    const release = await locks.acquire('a');
    const waiting = ['first', 'second'].map((name) =>
      withLock(locks, 'a', () => Promise.resolve(order.push(name))),
    );
    await withLock(locks, 'b', () => Promise.resolve(order.push('another')));
    release();
    await Promise.all(waiting);
    expect(order).toEqual(['another', 'first', 'second']);
  });

  it('are given back when the work fails', async () => {
    const locks = new ProcessLocks(new ManualClock());
    await expect(withLock(locks, 'a', () => Promise.reject(new Error('x')))).rejects.toThrow('x');
    await locks.acquire('a');
  });

  it('are not waited for longer than 5 s, and then not lost', async () => {
    const clock = new ManualClock();
    const locks = new ProcessLocks(clock);
    const release = await locks.acquire('a');
    const late = locks.acquire('a');
    clock.advance(5_000);
    await expect(late).rejects.toMatchObject({ code: 'CHANNELS_SESSION_LOCKED' });
    release();
    await locks.acquire('a');
    expect(clock.timers).toBe(0);
  });
});
