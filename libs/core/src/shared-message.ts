import type { Expiring } from './deadline-queue.js';
import type { Posted } from './memory-mailbox.js';

/** Is a group message with the channels it was left at, until somebody looks into them. */
export class SharedMessage implements Expiring {
  readonly names: string[] = [];
  isWatched = false;
  #opened = 0;

  constructor(
    readonly posted: Posted,
    public deadline: number,
    private readonly onDue: (names: readonly string[], now: number) => number,
  ) {}

  /** Says whether some of its channels are as it left them. */
  get isHeld(): boolean {
    return this.#opened < this.names.length;
  }

  /** Counts a channel that somebody looked into. */
  open(): void {
    this.#opened++;
  }

  expire(now: number): number {
    this.deadline = Infinity;
    return this.onDue(this.names, now);
  }
}
