import { describe, expect, it } from '@jest/globals';
import { type Clock, ManualClock, type Timer, type TimerOptions } from '@nest-channels/core';
import * as fc from 'fast-check';
import { DeadlineQueue, type Expiring } from '../src/deadline-queue.js';

/** Expires once, at its deadline, which can be moved until then. */
class Milk implements Expiring {
  isWatched = false;
  looks = 0;
  expiredAt?: number;

  constructor(
    public deadline: number,
    readonly content = 1,
  ) {}

  expire(now: number): number {
    this.looks++;
    if (this.deadline > now) return 0;
    this.expiredAt = now;
    this.deadline = Infinity;
    return this.content;
  }
}

/** Counts the timers in the background too. */
class CountingClock extends ManualClock {
  readonly #set = new Set<Timer>();

  override get timers(): number {
    return this.#set.size;
  }

  override setTimer(callback: () => void, delayMs: number, options?: TimerOptions): Timer {
    const forget = (): boolean => this.#set.delete(counted);
    const timer = super.setTimer(() => (forget(), callback()), delayMs, options);
    const counted: Timer = { cancel: () => (forget(), timer.cancel()) };
    this.#set.add(counted);
    return counted;
  }
}

function setUp() {
  const clock = new CountingClock();
  return { clock, queue: new DeadlineQueue(clock) };
}

describe('DeadlineQueue', () => {
  it('expires an item when its deadline has come and not before', () => {
    const { clock, queue } = setUp();
    const milk = new Milk(100);
    queue.watch(milk);
    clock.advance(99);
    expect(milk.looks).toBe(0);
    clock.advance(1);
    expect(milk).toMatchObject({ looks: 1, expiredAt: 100 });
    expect(clock.timers).toBe(0);
  });

  it('sets one timer, for the earliest deadline, however many items it watches', () => {
    const { clock, queue } = setUp();
    const items = [300, 100, 200].map((deadline) => new Milk(deadline));
    for (const milk of items) {
      queue.watch(milk);
      expect(clock.timers).toBe(1);
    }
    clock.advance(1_000);
    expect(items.map(({ expiredAt }) => expiredAt)).toEqual([300, 100, 200]);
    expect(clock.timers).toBe(0);
  });

  it('sets its timers in the background, so that they keep no process alive', () => {
    const inBackground: unknown[] = [];
    const clock: Clock = {
      now: () => 0,
      setTimer: (_callback, _delayMs, options) => {
        inBackground.push(options?.inBackground);
        return { cancel: () => undefined };
      },
    };
    const queue = new DeadlineQueue(clock);
    queue.watch(new Milk(100));
    queue.watch(new Milk(50));
    expect(inBackground).toEqual([true, true]);
  });

  it('asks for no longer timer than there is', () => {
    const delays: number[] = [];
    const clock: Clock = {
      now: () => 0,
      setTimer: (_callback, delayMs) => {
        delays.push(delayMs);
        return { cancel: () => undefined };
      },
    };
    new DeadlineQueue(clock).watch(new Milk(60 * 86_400_000));
    expect(Math.max(...delays)).toBeLessThan(2 ** 31);
  });

  it('sets no timer for an item that never expires', () => {
    const { clock, queue } = setUp();
    queue.watch(new Milk(Infinity));
    expect(clock.timers).toBe(0);
  });

  it('watches an item once, however often it is told to', () => {
    const { clock, queue } = setUp();
    const milk = new Milk(100);
    for (let time = 0; time < 3; time++) queue.watch(milk);
    clock.advance(1_000);
    expect(milk.looks).toBe(1);
  });

  it('looks once too often at an item whose deadline moved, and expires it in time', () => {
    const { clock, queue } = setUp();
    const milk = new Milk(100);
    queue.watch(milk);
    milk.deadline = 250;
    queue.watch(milk);
    clock.advance(249);
    expect(milk).toMatchObject({ looks: 1, expiredAt: undefined });
    clock.advance(1);
    expect(milk).toMatchObject({ looks: 2, expiredAt: 250 });
  });

  it('lets go of an item that has nothing to expire any more', () => {
    const { clock, queue } = setUp();
    const milk = new Milk(100);
    queue.watch(milk);
    milk.deadline = Infinity;
    clock.advance(1_000);
    expect(milk).toMatchObject({ looks: 1, isWatched: false });
    expect(clock.timers).toBe(0);
    milk.deadline = 1_100;
    queue.watch(milk);
    clock.advance(100);
    expect(milk.expiredAt).toBe(1_100);
  });

  it('expires an item at once whose deadline is past', () => {
    const { clock, queue } = setUp();
    clock.advance(500);
    const milk = new Milk(100);
    queue.watch(milk);
    clock.advance(0);
    expect(milk.expiredAt).toBe(500);
  });

  it('takes its timer back and forgets all items when it is cleared', () => {
    const { clock, queue } = setUp();
    const items = [100, 200].map((deadline) => new Milk(deadline));
    for (const milk of items) queue.watch(milk);
    queue.clear();
    expect(clock.timers).toBe(0);
    clock.advance(1_000);
    expect(items.map(({ looks }) => looks)).toEqual([0, 0]);
    items[0].deadline = 1_050;
    queue.watch(items[0]);
    clock.advance(50);
    expect(items[0].expiredAt).toBe(1_050);
  });

  it('expires many at once in slices, between which others have their turn', () => {
    const { clock, queue } = setUp();
    const items = Array.from({ length: 2_500 }, () => new Milk(100));
    for (const milk of items) queue.watch(milk);
    const done = (): number => items.filter(({ expiredAt }) => expiredAt !== undefined).length;
    const seen: number[] = [];
    const observe = (): void => {
      seen.push(done());
      if (done() < items.length) clock.setTimer(observe, 0);
    };
    clock.setTimer(observe, 100);
    clock.advance(100);
    expect(done()).toBe(2_500);
    expect(seen).toEqual([500, 1_000, 1_500, 2_000, 2_500]);
  });

  it('counts what an item lets go of, so that large ones make small slices', () => {
    const { clock, queue } = setUp();
    const items = Array.from({ length: 10 }, () => new Milk(100, 499));
    for (const milk of items) queue.watch(milk);
    const seen: number[] = [];
    const observe = (): void => {
      seen.push(items.filter(({ expiredAt }) => expiredAt !== undefined).length);
      if (seen.length < 3) clock.setTimer(observe, 0);
    };
    clock.setTimer(observe, 100);
    clock.advance(100);
    expect(seen).toEqual([2, 4, 6]);
  });

  it('forgets an item at once, with no look at it', () => {
    const { clock, queue } = setUp();
    const [forgotten, kept] = [new Milk(100), new Milk(200)];
    for (const milk of [forgotten, kept]) queue.watch(milk);
    queue.forget(forgotten);
    queue.forget(forgotten);
    expect(forgotten.isWatched).toBe(false);
    clock.advance(1_000);
    expect([forgotten.looks, kept.looks]).toEqual([0, 1]);
  });

  it('holds on to few of the items it forgot, and to all others in their order', () => {
    const { clock, queue } = setUp();
    const kept: Milk[] = [];
    for (let id = 0; id < 10_000; id++) {
      const milk = new Milk(10_000 - id);
      queue.watch(milk);
      if (id % 10 === 0) kept.push(milk);
      else queue.forget(milk);
    }
    expect(queue.size).toBeLessThanOrEqual(kept.length + 1_000 + 1);
    clock.advance(10_000);
    expect(kept.map(({ expiredAt }) => expiredAt)).toEqual(kept.map((_, id) => 10_000 - 10 * id));
    expect(queue.size).toBe(0);
  });

  it('can be told to watch and to clear while it expires', () => {
    const { clock, queue } = setUp();
    const next = new Milk(150);
    const first = new (class extends Milk {
      override expire(now: number): number {
        queue.watch(next);
        return super.expire(now);
      }
    })(100);
    const last = new (class extends Milk {
      override expire(now: number): number {
        queue.clear();
        return super.expire(now);
      }
    })(150);
    const never = new Milk(200);
    for (const milk of [first, last, never]) queue.watch(milk);
    clock.advance(1_000);
    expect([first, last].map(({ expiredAt }) => expiredAt)).toEqual([100, 150]);
    expect(never.looks).toBe(0);
    expect(clock.timers).toBe(0);
  });

  it('agrees with a sorted list, under any order of watching, moving and time', () => {
    const step = fc.oneof(
      fc.record({ name: fc.constant('watch' as const), lifetime: fc.nat(100) }),
      fc.record({ name: fc.constant('move' as const), item: fc.nat(20), byMs: fc.nat(50) }),
      fc.record({ name: fc.constant('advance' as const), ms: fc.nat(40) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { clock, queue } = setUp();
        const items: Milk[] = [];
        const due = new Map<Milk, number>();
        for (const next of steps) {
          if (next.name === 'watch') {
            const milk = new Milk(clock.now() + next.lifetime);
            items.push(milk);
            due.set(milk, milk.deadline);
            queue.watch(milk);
          } else if (next.name === 'move') {
            const milk = items[next.item % items.length];
            if (!milk || milk.expiredAt !== undefined) continue;
            milk.deadline += next.byMs;
            due.set(milk, milk.deadline);
          } else {
            clock.advance(next.ms);
            for (const milk of items) {
              const at = due.get(milk)!;
              expect(milk.expiredAt).toBe(at <= clock.now() ? at : undefined);
            }
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});
