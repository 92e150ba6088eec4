/** Is a message on its way from Redis to a receiver. */
export interface Arrived {
  /** Are the names it was sent to. */
  readonly channels: readonly string[];
  readonly body: Buffer;
  /** Is when it was sent, by the clock of Redis. */
  readonly sentAt: number;
  /** Is its place in the stream of a mailbox. */
  readonly id?: string;
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
  readonly #waiting: (Arrived & { readonly arrival: number })[] = [];

  constructor(readonly name: string) {}

  get isMailbox(): boolean {
    return this.name.endsWith('!');
  }

  get size(): number {
    return this.#waiting.length;
  }

  /** Is the place of its next message among all that came, infinite when it is empty. */
  get nextArrival(): number {
    return this.#waiting[0]?.arrival ?? Infinity;
  }

  /** Is how many messages those who wait would take. */
  get demand(): number {
    let demand = 0;
    for (const { wants } of this.receivers) demand += wants;
    return demand;
  }

  put(message: Arrived, arrival: number): void {
    this.#waiting.push({ ...message, arrival });
  }

  shift(): Arrived | undefined {
    return this.#waiting.shift();
  }

  /** Takes all that waits. */
  clear(): Arrived[] {
    return this.#waiting.splice(0);
  }
}
