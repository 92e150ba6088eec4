import { describe, expect, it } from '@jest/globals';
import { RateMeter } from '@nest-channels/core';
import * as fc from 'fast-check';

describe('RateMeter', () => {
  it('counts nothing at first', () => {
    const meter = new RateMeter();
    expect(meter.total).toBe(0);
    expect(meter.perSecond(0)).toBe(0);
    expect(meter.perSecond(1_000_000)).toBe(0);
  });

  it('leaves the second that is not whole yet out of the rate', () => {
    const meter = new RateMeter();
    meter.add(5, 0);
    expect(meter.perSecond(999)).toBe(0);
    expect(meter.perSecond(1_000)).toBe(0.5);
    expect(meter.total).toBe(5);
  });

  it('holds a second for ten seconds and not longer', () => {
    const meter = new RateMeter();
    meter.add(20, 3_500);
    for (let second = 4; second <= 13; second++) expect(meter.perSecond(second * 1_000)).toBe(2);
    expect(meter.perSecond(13_999)).toBe(2);
    expect(meter.perSecond(14_000)).toBe(0);
    expect(meter.total).toBe(20);
  });

  it('averages over ten seconds, also those in which nothing happened', () => {
    const meter = new RateMeter();
    for (let second = 0; second < 10; second += 2) meter.add(4, second * 1_000);
    expect(meter.perSecond(10_000)).toBe(2);
  });

  it('starts at whatever time it is', () => {
    const meter = new RateMeter();
    meter.add(10, 86_400_500);
    expect(meter.perSecond(86_401_000)).toBe(1);
  });

  it('forgets its rate after a long silence and keeps its total', () => {
    const meter = new RateMeter();
    for (let second = 0; second < 30; second++) meter.add(1, second * 1_000);
    meter.add(1, 10_000_000);
    expect(meter.perSecond(10_000_000)).toBe(0);
    expect(meter.perSecond(10_001_000)).toBe(0.1);
    expect(meter.total).toBe(31);
  });

  it('agrees with a model that keeps every event', () => {
    const event = fc.record({
      afterMs: fc.oneof(fc.nat(300), fc.nat(3_000), fc.nat(30_000)),
      count: fc.nat(5),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 50 }), (events) => {
        const meter = new RateMeter();
        const past: { readonly second: number; readonly count: number }[] = [];
        let now = 0;
        for (const { afterMs, count } of events) {
          now += afterMs;
          const second = Math.floor(now / 1_000);
          meter.add(count, now);
          past.push({ second, count });
          const recent = past.filter((at) => at.second < second && at.second >= second - 10);
          expect(meter.perSecond(now)).toBe(sum(recent) / 10);
          expect(meter.total).toBe(sum(past));
        }
      }),
      { numRuns: 500 },
    );
  });
});

function sum(events: readonly { readonly count: number }[]): number {
  return events.reduce((total, { count }) => total + count, 0);
}
