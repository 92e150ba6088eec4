import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { Ring } from '../src/ring.js';

function drain<T>(ring: Ring<T>): (T | undefined)[] {
  const items: (T | undefined)[] = [];
  while (ring.size > 0) items.push(ring.shift());
  return items;
}

type Operation = 'push' | 'shift' | 'shiftWhile';

/** Is an array with the face of a ring. */
class ArrayRing implements Pick<Ring<number>, Operation> {
  constructor(private readonly items: number[]) {}

  push(item: number): void {
    this.items.push(item);
  }

  shift(): number | undefined {
    return this.items.shift();
  }

  shiftWhile(holds: (item: number) => boolean): number[] {
    return this.items.splice(0, this.items.filter(holds).length);
  }
}

function step(ring: Pick<Ring<number>, Operation>, name: Operation, index: number): unknown {
  if (name === 'push') return ring.push(index);
  return name === 'shift' ? ring.shift() : ring.shiftWhile((item) => item < index / 2);
}

describe('Ring', () => {
  it('is empty at first', () => {
    const ring = new Ring<string>();
    expect(ring.size).toBe(0);
    expect(ring.peek()).toBeUndefined();
    expect(ring.shift()).toBeUndefined();
    expect(ring.size).toBe(0);
  });

  it('returns items in the order they came', () => {
    const ring = new Ring<string>();
    for (const item of ['a', 'b', 'c']) ring.push(item);
    expect(drain(ring)).toEqual(['a', 'b', 'c']);
  });

  it('shows the next item without taking it', () => {
    const ring = new Ring<string>();
    ring.push('a');
    expect(ring.peek()).toBe('a');
    expect(ring.size).toBe(1);
    expect(ring.shift()).toBe('a');
    expect(ring.peek()).toBeUndefined();
  });

  it('grows to any size and keeps the order', () => {
    const ring = new Ring<number>();
    const items = Array.from({ length: 1_000 }, (_, index) => index);
    for (const item of items) ring.push(item);
    expect(ring.size).toBe(1_000);
    expect(drain(ring)).toEqual(items);
  });

  it.each([1, 3, 7])('keeps the order when it grows with its start at slot %i', (start) => {
    const ring = new Ring<number>();
    for (let index = 0; index < start; index++) {
      ring.push(-1);
      ring.shift();
    }
    const items = Array.from({ length: 20 }, (_, index) => index);
    for (const item of items) ring.push(item);
    expect(drain(ring)).toEqual(items);
  });

  it('keeps the order when it wraps around many times', () => {
    const ring = new Ring<number>();
    for (let index = 0; index < 5; index++) ring.push(index);
    for (let index = 5; index < 1_000; index++) {
      ring.push(index);
      expect(ring.shift()).toBe(index - 5);
    }
    expect(ring.size).toBe(5);
  });

  it.each([0, 1, 5, 8])('takes the first items at once when it starts at slot %i', (start) => {
    const ring = new Ring<number>();
    for (let index = 0; index < start; index++) {
      ring.push(-1);
      ring.shift();
    }
    for (let item = 0; item < 8; item++) ring.push(item);
    expect(ring.shiftWhile((item) => item < 0)).toEqual([]);
    expect(ring.shiftWhile((item) => item < 5)).toEqual([0, 1, 2, 3, 4]);
    expect(ring.size).toBe(3);
    ring.push(8);
    expect(ring.shiftWhile(() => true)).toEqual([5, 6, 7, 8]);
    expect([ring.size, ring.peek(), ring.shift()]).toEqual([0, undefined, undefined]);
    ring.push(9);
    expect(drain(ring)).toEqual([9]);
  });

  it('does what an array does, for any pushes and shifts', () => {
    const operation = fc.oneof(
      { arbitrary: fc.constant('push' as const), weight: 3 },
      { arbitrary: fc.constant('shift' as const), weight: 2 },
      { arbitrary: fc.constant('shiftWhile' as const), weight: 1 },
    );
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 120, size: 'max' }), (operations) => {
        const ring = new Ring<number>();
        const model: number[] = [];
        const seen = operations.map((name, index) => {
          const shifted = step(ring, name, index);
          return { shifted, size: ring.size, next: ring.peek() };
        });
        const expected = operations.map((name, index) => {
          const shifted = step(new ArrayRing(model), name, index);
          return { shifted, size: model.length, next: model[0] };
        });
        expect(seen).toEqual(expected);
        expect(drain(ring)).toEqual(model);
      }),
      { numRuns: 100 },
    );
  });
});
