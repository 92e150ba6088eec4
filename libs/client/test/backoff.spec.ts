import { describe, expect, it } from '@jest/globals';
import { Backoff } from '../src/backoff.js';

const delays = (backoff: Backoff, count: number): number[] =>
  Array.from({ length: count }, () => backoff.next('reconnect'));

describe('Backoff', () => {
  it('draws from 0.5 s to 2, 4, 8, 16 and at most 30 s', () => {
    expect(delays(new Backoff({}, () => 0), 6)).toEqual([500, 500, 500, 500, 500, 500]);
    const longest = [2_000, 4_000, 8_000, 16_000, 30_000, 30_000];
    expect(delays(new Backoff({}, () => 1), 6)).toEqual(longest);
  });

  it('spreads the first attempt of a thousand clients evenly', () => {
    const first = Array.from({ length: 1_000 }, (_, index) =>
      new Backoff({}, () => index / 1_000).next('reconnect'),
    );
    const inEach = [0, 1, 2].map(
      (third) => first.filter((ms) => Math.floor((ms - 500) / 500) === third).length,
    );
    expect(Math.max(...inEach) - Math.min(...inEach)).toBeLessThanOrEqual(3);
  });

  it('begins again when it is reset', () => {
    const backoff = new Backoff({}, () => 1);
    delays(backoff, 3);
    expect(backoff.attempt).toBe(3);
    backoff.reset();
    expect(delays(backoff, 1)).toEqual([2_000]);
  });

  it('leaves a server that is overloaded alone for half of the longest delay', () => {
    expect(new Backoff({}, () => 0).next('later')).toBe(15_000);
    expect(new Backoff({}, () => 1).next('later')).toBe(30_000);
  });

  it('keeps to its options', () => {
    const backoff = new Backoff({ minMs: 10, maxMs: 100, factor: 3 }, () => 1);
    expect(delays(backoff, 2)).toEqual([90, 100]);
  });

  it('never waits for longer than maxMs, be it under minMs', () => {
    expect(delays(new Backoff({ maxMs: 50 }, () => 0), 1)).toEqual([50]);
  });
});
