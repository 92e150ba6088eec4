import { describe, expect, it } from '@jest/globals';
import { Tally } from '../../src/worker/worker-statistics.js';

describe('Tally', () => {
  it('counts from 0, by what became of the messages', () => {
    const tally = new Tally();
    tally.count('handled');
    tally.count('dropped', 3);
    expect(tally.counts).toEqual({
      handled: 1,
      failed: 0,
      timedOut: 0,
      dropped: 3,
      poisoned: 0,
      unrouted: 0,
      postponed: 0,
    });
  });

  it('hands out counts that do not change any more', () => {
    const tally = new Tally();
    const before = tally.counts;
    tally.count('failed');
    expect(before.failed).toBe(0);
  });
});
