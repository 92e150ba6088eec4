import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '@nest-channels/core';
import { drain, RESTARTING } from '../../src/server/drain.js';
import type { Close } from '../../src/server/reply-reader.js';
import { settled } from '../support/settled.js';

/** Drains this many connections and counts those closed after each of the given milliseconds. */
async function closings(count: number, drainMs: number, steps: number[]): Promise<number[]> {
  const clock = new ManualClock();
  const closes: Close[] = [];
  const connections = new Map(
    Array.from({ length: count }, (_, id) => [
      `${id}`,
      { close: (close: Close) => closes.push(close) },
    ]),
  );
  const drained = drain(connections, { clock, drainMs });
  const counts: number[] = [];
  for (const ms of steps) {
    clock.advance(ms);
    await settled();
    counts.push(closes.length);
  }
  await drained;
  expect(new Set(closes)).toEqual(new Set(count > 0 ? [RESTARTING] : []));
  expect(clock.timers).toBe(0);
  return counts;
}

describe('drain', () => {
  it('closes few connections at once', async () => {
    expect(await closings(10, 10_000, [0])).toEqual([10]);
  });

  it('spreads more of them out, 2 ms each', async () => {
    expect(await closings(40, 10_000, [0, 20, 20, 20])).toEqual([10, 20, 30, 40]);
  });

  it('takes no longer than it may', async () => {
    expect(await closings(1_000, 40, [0, 20])).toEqual([500, 1_000]);
  });

  it('has nothing to do without connections', async () => {
    expect(await closings(0, 10_000, [0])).toEqual([0]);
  });

  it('leaves out who has left meanwhile', async () => {
    const clock = new ManualClock();
    const closed: string[] = [];
    const entry = (id: string): [string, { close(): void }] => [
      id,
      { close: () => void closed.push(id) },
    ];
    const ids = Array.from({ length: 20 }, (_, index) => `${index}`);
    const connections = new Map(ids.map(entry));
    const drained = drain(connections, { clock, drainMs: 10_000 });
    connections.delete('19');
    clock.advance(20);
    await settled();
    await drained;
    expect(closed).toEqual(ids.slice(0, 19));
  });
});
