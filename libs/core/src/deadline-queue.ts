import type { Clock, Timer } from './clock.js';

/** Is something that has to be looked at when a time has come. */
export interface Expiring {
  /** Is when; infinite for nothing to expire. Read again whenever its turn comes. */
  readonly deadline: number;
  /** Is the queue's own note of the item. */
  watch?: Watch;
  /** Lets go of what is over. */
  expire(now: number): void;
}

/** Is an item's place in a queue; one that was forgotten leaves it empty. */
export interface Watch {
  item?: Expiring;
  readonly due: number;
}

/**
 * Expires things in time with one background timer, without ever sweeping over all of them.
 *
 * A binary heap holds each at most once. A deadline that moved later meanwhile costs one look.
 */
export class DeadlineQueue {
  readonly #heap: Watch[] = [];
  #timer?: Timer;
  #timerDue = Infinity;

  constructor(private readonly clock: Clock) {}

  /** Makes sure that an item is looked at when its deadline has come. */
  watch(item: Expiring): void {
    if (item.watch) return;
    item.watch = { item, due: item.deadline };
    this.#push(item.watch);
    this.#schedule();
  }

  /** Lets go of an item at once, without waiting for its deadline. */
  forget(item: Expiring): void {
    if (item.watch) item.watch.item = undefined;
    item.watch = undefined;
  }

  clear(): void {
    for (const { item } of this.#heap) if (item) item.watch = undefined;
    this.#heap.length = 0;
    this.#timer?.cancel();
    this.#timerDue = Infinity;
  }

  #schedule(): void {
    const due = this.#heap[0]?.due ?? Infinity;
    if (due >= this.#timerDue) return;
    this.#timer?.cancel();
    this.#timerDue = due;
    const delayMs = Math.min(LONGEST_TIMER_MS, Math.max(0, Math.ceil(due - this.clock.now())));
    this.#timer = this.clock.setTimer(() => this.#fire(), delayMs, { inBackground: true });
  }

  #fire(): void {
    this.#timerDue = Infinity;
    const now = this.clock.now();
    // A bounded number at a time: many deadlines at once must not hold the event loop.
    for (let looks = 0; looks < LOOKS_AT_ONCE && (this.#heap[0]?.due ?? Infinity) <= now; looks++) {
      this.#look(now);
    }
    this.#schedule();
  }

  #look(now: number): void {
    const { item } = this.#pop();
    if (!item) return;
    item.watch = undefined;
    item.expire(now);
    if (item.deadline < Infinity) this.watch(item);
  }

  #push(entry: Watch): void {
    const heap = this.#heap;
    let index = heap.push(entry) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (heap[parent].due <= entry.due) break;
      heap[index] = heap[parent];
      index = parent;
    }
    heap[index] = entry;
  }

  #pop(): Watch {
    const heap = this.#heap;
    const [first] = heap;
    const last = heap.pop()!;
    if (heap.length > 0) this.#sink(last);
    return first;
  }

  #sink(entry: Watch): void {
    const heap = this.#heap;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const right = left + 1;
      if (left >= heap.length) break;
      const child = right < heap.length && heap[right].due < heap[left].due ? right : left;
      if (heap[child].due >= entry.due) break;
      heap[index] = heap[child];
      index = child;
    }
    heap[index] = entry;
  }
}

const LOOKS_AT_ONCE = 1_000;

/** Is the longest timer there is; one that fires before anything is due is set again. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
