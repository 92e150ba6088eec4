import { describe, expect, it } from '@jest/globals';
import { wallClock } from '../src/clock.js';

describe('wallClock', () => {
  it('calls back, and not what was cancelled', async () => {
    const calls: string[] = [];
    const cancelled = wallClock.setTimer(() => calls.push('cancelled'), 0);
    cancelled.cancel();
    await new Promise<void>((resolve) => wallClock.setTimer(resolve, 1));
    expect(calls).toEqual([]);
  });

  it('tells the time of day, which goes on while a machine sleeps', () => {
    const before = Date.now();
    expect(wallClock.now()).toBeGreaterThanOrEqual(before);
  });
});
