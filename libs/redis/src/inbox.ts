import { Ring } from '@nest-channels/core';

/** Is where a message stands in the stream of a mailbox. */
export interface Place {
  /** Is the first entry that is needed when the message is gone: its own if it shares that. */
  readonly keepFrom: string;
  /** Is how many messages were sent to the mailbox ever, up to this one. */
  readonly number: number;
}

/** Is a message on its way from Redis to a receiver. */
export interface Arrived {
  /** Are the names it was sent to. */
  readonly channels: readonly string[];
  /** Is the group it was sent to, if it came through a mailbox. */
  readonly group?: string;
  readonly body: Buffer;
  /** Is when it was sent, by the clock of Redis. */
  readonly sentAt: number;
  /** Is known of what came through a mailbox. */
  readonly place?: Place;
}

/** Is whoever waits for messages; one may stand in many inboxes. */
export interface Receiver {
  /** Is how many it takes at most. */
  readonly wants: number;
  /** Takes messages of an inbox, one at least. */
  readonly serve: (inbox: Inbox) => void;
  readonly end: () => void;
}

/** Is what a process has of one non-local name: messages that came, and who waits for more. */
export class Inbox {
  /** A set keeps the order of arrival and forgets an aborted receiver at once. */
  readonly receivers = new Set<Receiver>();
  readonly #waiting = new Ring<{ readonly message: Arrived; readonly arrival: number }>();

  constructor(readonly name: string) {}

  get isMailbox(): boolean {
    return this.name.endsWith('!');
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** Is the place of its next message among all that came, infinite when it is empty. */
  get nextArrival(): number {
    return this.#waiting.peek()?.arrival ?? Infinity;
  }

  /** Is how many messages those who wait would take. */
  get demand(): number {
    let demand = 0;
    for (const { wants } of this.receivers) demand += wants;
    return demand;
  }

  put(message: Arrived, arrival: number): void {
    this.#waiting.push({ message, arrival });
  }

  shift(): Arrived | undefined {
    return this.#waiting.shift()?.message;
  }

  /** Takes all that waits. */
  clear(): Arrived[] {
    return this.#waiting.shiftWhile(() => true).map(({ message }) => message);
  }
}
