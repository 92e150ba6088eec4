import { describe, expect, it } from '@jest/globals';
import { Slots } from '../../src/worker/slots.js';
import { deferred, type Deferred } from '../support/deferred.js';
import { settled } from '../support/settled.js';

function occupy(slots: Slots, count = 1): Deferred<void>[] {
  const works = Array.from({ length: count }, () => deferred());
  for (const { promise } of works) slots.occupy(promise);
  return works;
}

/** Notes that a wait is over. */
function watch(wait: Promise<void>): { isOver: boolean } {
  const watched = { isOver: false };
  void wait.then(() => (watched.isOver = true));
  return watched;
}

describe('Slots', () => {
  it('are free up to the limit and taken until their work has ended', async () => {
    const slots = new Slots(3);
    expect(slots.free).toBe(3);
    const [one, two] = occupy(slots, 2);
    expect(slots.free).toBe(1);
    one.resolve();
    await settled();
    expect(slots.free).toBe(2);
    two.resolve();
    await settled();
    expect(slots.free).toBe(3);
  });

  it('are available at once while one is free', async () => {
    const slots = new Slots(2);
    occupy(slots);
    const available = watch(slots.available());
    await settled();
    expect(available.isOver).toBe(true);
  });

  it('are available when the first work ends, if all were taken', async () => {
    const slots = new Slots(2);
    const [one] = occupy(slots, 2);
    const available = watch(slots.available());
    await settled();
    expect(available.isOver).toBe(false);
    one.resolve();
    await settled();
    expect(available.isOver).toBe(true);
  });

  it('are not available while more is going on than the limit', async () => {
    const slots = new Slots(2);
    const works = occupy(slots, 4);
    expect(slots.free).toBeLessThanOrEqual(0);
    const available = watch(slots.available());
    for (const work of works.slice(0, 2)) {
      await settled();
      expect(available.isOver).toBe(false);
      work.resolve();
    }
    await settled();
    expect(available.isOver).toBe(false);
    works[2].resolve();
    await settled();
    expect(available.isOver).toBe(true);
  });

  it('are idle at once without work', async () => {
    const idle = watch(new Slots(1).idle());
    await settled();
    expect(idle.isOver).toBe(true);
  });

  it('are idle when the last work has ended, that begun meanwhile too', async () => {
    const slots = new Slots(3);
    const [one, two] = occupy(slots, 2);
    const idle = watch(slots.idle());
    one.resolve();
    await settled();
    const [three] = occupy(slots);
    two.resolve();
    await settled();
    expect(idle.isOver).toBe(false);
    three.resolve();
    await settled();
    expect(idle.isOver).toBe(true);
  });

  it('wake everyone who waits', async () => {
    const slots = new Slots(1);
    const [work] = occupy(slots);
    const waits = [slots.idle(), slots.available(), slots.idle()].map(watch);
    await settled();
    expect(waits.map(({ isOver }) => isOver)).toEqual([false, false, false]);
    work.resolve();
    await settled();
    expect(waits.map(({ isOver }) => isOver)).toEqual([true, true, true]);
  });
});
