import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { SettlementWindow } from '../../src/server/settlement-window.js';

/** Adds frames of one byte and returns the numbers of those that ask for their settlement. */
function asks(window: SettlementWindow, count: number, first = 1): number[] {
  const orders = Array.from({ length: count }, (_, index) => first + index);
  return orders.filter(() => window.add(1));
}

describe('SettlementWindow', () => {
  it('asks in the middle of a window and at its end', () => {
    const window = new SettlementWindow({ frames: 64, bytes: 1_000 });
    expect(asks(window, 63)).toEqual([32]);
    expect(window.isFull).toBe(false);
    expect(asks(window, 1, 64)).toEqual([64]);
    expect(window.isFull).toBe(true);
  });

  it('takes all frames before a settled one as settled', () => {
    const window = new SettlementWindow({ frames: 64, bytes: 1_000 });
    asks(window, 64);
    window.settle(64);
    expect(window.isFull).toBe(false);
    expect(window.isSettled).toBe(true);
  });

  it('is full by its bytes, and has asked by then', () => {
    const window = new SettlementWindow({ frames: 64, bytes: 100 });
    expect(window.add(49)).toBe(false);
    expect(window.add(51)).toBe(true);
    expect(window.isFull).toBe(true);
    window.settle(2);
    expect(window.isFull).toBe(false);
  });

  it('asks for each frame that fills it alone', () => {
    const window = new SettlementWindow({ frames: 1, bytes: 100 });
    expect(asks(window, 1)).toEqual([1]);
    expect(window.isFull).toBe(true);
  });

  it.each([0, 1, 31, 33, 65, -1, Number.NaN, 1e9])('ignores that %d is settled', (order) => {
    const window = new SettlementWindow({ frames: 64, bytes: 1_000 });
    asks(window, 64);
    window.settle(order);
    expect(window.isFull).toBe(true);
  });

  it('ignores what is settled twice', () => {
    const window = new SettlementWindow({ frames: 64, bytes: 1_000 });
    asks(window, 64);
    window.settle(32);
    window.settle(32);
    expect(asks(window, 31, 65)).toEqual([]);
    expect(asks(window, 1, 96)).toEqual([96]);
    expect(window.isFull).toBe(true);
  });

  it('takes everything as settled when it is reset', () => {
    const window = new SettlementWindow({ frames: 4, bytes: 1_000 });
    asks(window, 4);
    window.reset();
    expect([window.isFull, window.isSettled]).toEqual([false, true]);
    window.settle(4);
    expect(asks(window, 4, 5)).toEqual([6, 8]);
  });

  it('never waits for a settlement that it did not ask for', () => {
    const sizes = fc.array(fc.nat(60), { minLength: 1, maxLength: 100 });
    const limits = fc.record({
      frames: fc.integer({ min: 1, max: 10 }),
      bytes: fc.integer({ min: 1, max: 100 }),
    });
    fc.assert(
      fc.property(sizes, limits, (all, limit) => {
        const window = new SettlementWindow(limit);
        const asked: number[] = [];
        all.forEach((size, index) => {
          if (window.add(size)) asked.push(index + 1);
          while (window.isFull) {
            expect(asked).not.toEqual([]);
            window.settle(asked.shift() as number);
          }
        });
      }),
    );
  });
});
