import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '@nest-channels/core';
import { Parting } from '../../src/server/parting.js';

function part(order = 3): { clock: ManualClock; parting: Parting; proceeded: () => number } {
  const clock = new ManualClock();
  let count = 0;
  const proceed = (): void => void count++;
  const parting = new Parting({ order, clock, timeoutMs: 5_000, proceed });
  return { clock, parting, proceeded: () => count };
}

describe('Parting', () => {
  it('waits until the end has been settled, and proceeds once', () => {
    const { clock, parting, proceeded } = part(3);
    parting.settled(2);
    expect(proceeded()).toBe(0);
    parting.settled(3);
    parting.settled(3);
    clock.advance(5_000);
    expect(proceeded()).toBe(1);
    expect(clock.timers).toBe(0);
  });

  it('proceeds when the workers take too long', () => {
    const { clock, parting, proceeded } = part();
    clock.advance(4_999);
    expect(proceeded()).toBe(0);
    clock.advance(1);
    parting.settled(3);
    expect(proceeded()).toBe(1);
  });

  it('does not proceed once it is cancelled', () => {
    const { clock, parting, proceeded } = part();
    parting.cancel();
    parting.settled(3);
    clock.advance(5_000);
    expect(proceeded()).toBe(0);
    expect(clock.timers).toBe(0);
  });
});
