import type { Clock, Timer, TimerOptions } from './clock.js';

interface Pending {
  readonly due: number;
  readonly callback: () => void;
  readonly inBackground: boolean;
}

/** Is a clock that stands still until a test moves it. */
export class ManualClock implements Clock {
  #now = 0;
  readonly #pending = new Set<Pending>();

  now(): number {
    return this.#now;
  }

  setTimer(callback: () => void, delayMs: number, options: TimerOptions = {}): Timer {
    const { inBackground = false } = options;
    const pending = { due: this.#now + delayMs, callback, inBackground };
    this.#pending.add(pending);
    return { cancel: () => void this.#pending.delete(pending) };
  }

  /** Counts the timers that would keep a process alive: none should be left when a test ends. */
  get timers(): number {
    return [...this.#pending].filter(({ inBackground }) => !inBackground).length;
  }

  /** Moves the time on, firing due timers in their order, those they set included. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (let next = this.#nextDue(end); next; next = this.#nextDue(end)) {
      this.#pending.delete(next);
      this.#now = Math.max(this.#now, next.due);
      next.callback();
    }
    this.#now = Math.max(this.#now, end);
  }

  #nextDue(end: number): Pending | undefined {
    let next: Pending | undefined;
    for (const pending of this.#pending) {
      if (pending.due <= end && (!next || pending.due < next.due)) next = pending;
    }
    return next;
  }
}
