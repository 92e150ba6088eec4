import { describe, expect, it } from '@jest/globals';
import { RateLimit } from '../../src/server/rate-limit.js';

/** Counts frames at one moment and returns the waits. */
const count = (rate: RateLimit, frames: number, now: number): number[] =>
  Array.from({ length: frames }, () => rate.count(now));

describe('RateLimit', () => {
  it('lets a burst of two seconds pass', () => {
    const rate = new RateLimit(10, 0);
    expect(count(rate, 19, 0)).toEqual(Array.from({ length: 19 }, () => 0));
    expect(rate.count(0)).toBe(100);
  });

  it('lets one frame pass for each wait it asked for', () => {
    const rate = new RateLimit(10, 0);
    count(rate, 20, 0);
    let now = 0;
    for (let frame = 0; frame < 10; frame++) {
      now += 100;
      expect(rate.count(now)).toBeCloseTo(100, -1);
    }
  });

  it('saves up no more than one burst', () => {
    const rate = new RateLimit(10, 0);
    const waits = count(rate, 21, 1_000_000);
    expect(waits.filter((wait) => wait === 0)).toHaveLength(19);
  });
});
