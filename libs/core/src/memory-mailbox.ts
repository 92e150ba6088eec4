import type { Content } from './content.js';
import type { Received } from './channel-layer.js';
import { Ring } from './ring.js';

/** Is a message waiting in a mailbox. */
export interface Waiting extends Received {
  readonly content: Content;
  /** Clock time from which it must not be delivered any more. */
  readonly deadline: number;
  /** Is its place among all messages of the layer. */
  readonly arrival: number;
}

/** Is a `receive` that waits; one may stand in many mailboxes and is served once. */
export interface Receiver {
  /** Hands it one message, which ends its wait. */
  readonly serve: (message: Received) => void;
  /** Ends its wait without a message. */
  readonly end: () => void;
}

/** Is what the memory layer keeps for one non-local channel name. */
export class MemoryMailbox {
  readonly #messages = new Ring<Waiting>();
  /** A set keeps the order of arrival and forgets an aborted receiver at once. */
  readonly receivers = new Set<Receiver>();

  get size(): number {
    return this.#messages.size;
  }

  get isIdle(): boolean {
    return this.#messages.size === 0 && this.receivers.size === 0;
  }

  /** Is the place of its next message among all of the layer, infinite when it is empty. */
  get nextArrival(): number {
    return this.#messages.peek()?.arrival ?? Infinity;
  }

  push(message: Waiting): void {
    this.#messages.push(message);
  }

  shift(): Received | undefined {
    return this.#messages.shift();
  }

  /** Drops the messages whose time is over and returns how many; all share one lifetime. */
  expire(now: number): number {
    let expired = 0;
    for (let head = this.#messages.peek(); head && head.deadline <= now; expired++) {
      this.#messages.shift();
      head = this.#messages.peek();
    }
    return expired;
  }

  clear(): void {
    while (this.#messages.shift());
  }
}
