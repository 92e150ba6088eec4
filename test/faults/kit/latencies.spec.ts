import { describe, expect, it } from '@jest/globals';
import { Latencies, p99 } from './latencies.js';

describe('latencies', () => {
  it('are from saying to hearing, of each who heard it, the shortest first', () => {
    const latencies = new Latencies();
    latencies.said('1', 'a', 10);
    latencies.heard('1', 'b', 17);
    latencies.heard('1', 'a', 12);
    expect(latencies.of()).toEqual([2, 7]);
  });

  it('are chosen by when it was said and between whom', () => {
    const latencies = new Latencies();
    for (const [id, at] of [
      ['1', 10],
      ['2', 20],
    ] as const) {
      latencies.said(id, 'a', at);
      for (const to of ['a', 'b']) latencies.heard(id, to, at + 1);
    }
    expect(latencies.of(({ saidAt, from, to }) => saidAt > 10 && from !== to)).toEqual([1]);
  });

  it('leave out what nobody said', () => {
    const latencies = new Latencies();
    latencies.heard('1', 'b', 17);
    expect(latencies.of()).toEqual([]);
  });
});

describe('p99', () => {
  it('is what 99 of 100 are not above', () => {
    expect(p99(Array.from({ length: 200 }, (_, index) => index + 1))).toBe(198);
  });

  it('is the only one of one, and 0 of none', () => {
    expect(p99([5])).toBe(5);
    expect(p99([])).toBe(0);
  });
});
