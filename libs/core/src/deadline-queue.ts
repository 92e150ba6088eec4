import type { Clock, Timer } from './clock.js';

/** Is something that has to be looked at when a time has come. */
export interface Expiring {
  /** Is when; infinite for nothing to expire. Read again whenever its turn comes. */
  readonly deadline: number;
  /** Is the queue's own note that it looks after the item. */
  isWatched: boolean;
  /** Lets go of what is over; says how many things that were. */
  expire(now: number): number;
}

/**
 * Expires things in time with one background timer, without ever sweeping over all of them.
 *
 * A binary heap holds each at most once. A deadline that moved later meanwhile costs one look.
 */
export class DeadlineQueue {
  // Two arrays and not one of pairs: a hundred thousand pairs are as many objects to collect.
  readonly #items: Expiring[] = [];
  readonly #dues: number[] = [];
  #forgotten = 0;
  #timer?: Timer;
  #timerDue = Infinity;

  constructor(private readonly clock: Clock) {}

  /** Is how many items it holds, some of the forgotten ones included. */
  get size(): number {
    return this.#items.length;
  }

  /** Makes sure that an item is looked at when its deadline has come. */
  watch(item: Expiring): void {
    if (item.isWatched) return;
    item.isWatched = true;
    this.#push(item, item.deadline);
    this.#schedule();
  }

  /** Lets go of an item for good, without waiting for its deadline. */
  forget(item: Expiring): void {
    if (!item.isWatched) return;
    item.isWatched = false;
    this.#forgotten++;
    if (this.#forgotten > FORGOTTEN_LIMIT && 2 * this.#forgotten > this.#items.length) {
      this.#compact();
    }
  }

  clear(): void {
    for (const item of this.#items) item.isWatched = false;
    this.#items.length = 0;
    this.#dues.length = 0;
    this.#forgotten = 0;
    this.#timer?.cancel();
    this.#timerDue = Infinity;
  }

  /** Is when the next look is due, infinite without an item. */
  get #due(): number {
    return this.#dues.length > 0 ? this.#dues[0] : Infinity;
  }

  #schedule(): void {
    const due = this.#due;
    if (due >= this.#timerDue) return;
    this.#timer?.cancel();
    this.#timerDue = due;
    const delayMs = Math.min(LONGEST_TIMER_MS, Math.max(0, Math.ceil(due - this.clock.now())));
    this.#timer = this.clock.setTimer(() => this.#fire(), delayMs, { inBackground: true });
  }

  #fire(): void {
    this.#timerDue = Infinity;
    const now = this.clock.now();
    // A bounded amount at a time: many deadlines at once must not hold the event loop.
    for (let done = 0; done < SLICE && this.#due <= now;) done += 1 + this.#look(now);
    this.#schedule();
  }

  #look(now: number): number {
    const item = this.#pop();
    if (!item.isWatched) {
      this.#forgotten--;
      return 0;
    }
    item.isWatched = false;
    const expired = item.expire(now);
    if (item.deadline < Infinity) this.watch(item);
    return expired;
  }

  #compact(): void {
    const items = this.#items.splice(0);
    const dues = this.#dues.splice(0);
    this.#forgotten = 0;
    for (let index = 0; index < items.length; index++) {
      if (items[index].isWatched) this.#push(items[index], dues[index]);
    }
  }

  #push(item: Expiring, due: number): void {
    const dues = this.#dues;
    let index = dues.push(due) - 1;
    this.#items.push(item);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (dues[parent] <= due) break;
      this.#place(index, this.#items[parent], dues[parent]);
      index = parent;
    }
    this.#place(index, item, due);
  }

  #pop(): Expiring {
    const [first] = this.#items;
    const item = this.#items.pop()!;
    const due = this.#dues.pop()!;
    if (this.#items.length > 0) this.#sink(item, due);
    return first;
  }

  #sink(item: Expiring, due: number): void {
    const dues = this.#dues;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const right = left + 1;
      if (left >= dues.length) break;
      const child = right < dues.length && dues[right] < dues[left] ? right : left;
      if (dues[child] >= due) break;
      this.#place(index, this.#items[child], dues[child]);
      index = child;
    }
    this.#place(index, item, due);
  }

  #place(index: number, item: Expiring, due: number): void {
    this.#items[index] = item;
    this.#dues[index] = due;
  }
}

/** Is how many looks are made, and things let go, before everything else has its turn. */
const SLICE = 1_000;

/** Is how many forgotten items are kept at least before they are swept out. */
const FORGOTTEN_LIMIT = 1_000;

/** Is the longest timer there is; one that fires before anything is due is set again. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
