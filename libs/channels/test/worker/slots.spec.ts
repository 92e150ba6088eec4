import { describe, expect, it } from '@jest/globals';
import { type Line, Slots } from '../../src/worker/slots.js';

/** Is a line that notes what it started. */
class TestLine implements Line {
  constructor(
    private readonly started: string[],
    private readonly items: string[],
  ) {}

  get waiting(): number {
    return this.items.length;
  }

  startNext(): void {
    this.started.push(this.items.shift() ?? 'nothing');
  }

  forget(): void {
    this.items.length = 0;
  }
}

function full(limit = 1): Slots {
  const slots = new Slots(limit);
  while (slots.tryTake());
  return slots;
}

describe('Slots', () => {
  it('are taken up to their limit', () => {
    const slots = new Slots(2);
    expect([slots.tryTake(), slots.tryTake(), slots.tryTake()]).toEqual([true, true, false]);
    expect([slots.taken, slots.free]).toEqual([2, 0]);
  });

  it('are free again when they are released and nobody waits', () => {
    const slots = full();
    slots.release();
    expect([slots.taken, slots.tryTake()]).toEqual([0, true]);
  });

  it('go to the lines that wait, one turn each', () => {
    const started: string[] = [];
    const slots = full();
    slots.lineUp(new TestLine(started, ['a1', 'a2', 'a3']));
    slots.lineUp(new TestLine(started, ['b1']));
    slots.lineUp(new TestLine(started, ['c1', 'c2']));
    expect(slots.isContended).toBe(true);
    for (let turn = 0; turn < 6; turn++) slots.release();
    expect(started).toEqual(['a1', 'b1', 'c1', 'a2', 'c2', 'a3']);
    expect([slots.isContended, slots.taken]).toEqual([false, 1]);
  });

  it('pass over a line that has given up waiting', () => {
    const started: string[] = [];
    const slots = full();
    const line = new TestLine(started, ['a1']);
    slots.lineUp(line);
    line.forget();
    slots.release();
    expect([started, slots.taken]).toEqual([[], 0]);
  });
});
