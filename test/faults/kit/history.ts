/** Is what a sender knows of a send; only `sent` is accepted, and only `refused` is not. */
export type Outcome = 'sent' | 'refused' | 'unknown';

/** Is one send to the receivers it was for. */
export interface Sending {
  readonly kind: 'sending';
  readonly id: string;
  readonly sender: string;
  /** Are the channels it was for: one, or the members of a group at that moment. */
  readonly receivers: readonly string[];
  readonly outcome: Outcome;
  readonly at: number;
}

/** Is one message that came to a receiver. */
export interface Delivery {
  readonly kind: 'delivery';
  readonly id: string;
  /** Is the channel it came by. */
  readonly receiver: string;
  /** Is the process that got it: each sees an order of its own. */
  readonly process: string;
  readonly at: number;
}

/** Is what somebody counted as lost: a layer, a server or a worker. */
export interface Loss {
  readonly kind: 'loss';
  readonly by: string;
  readonly reason: string;
  readonly messages: number;
}

/** Is a socket that was asked, after all had healed, whether it still hears its group. */
export interface Probe {
  readonly kind: 'probe';
  readonly socket: string;
  readonly isAnswered: boolean;
}

export type HistoryEvent = Sending | Delivery | Loss | Probe;

/** Records what everybody did and saw, in one order. */
export class History {
  readonly #events: HistoryEvent[] = [];

  get events(): readonly HistoryEvent[] {
    return this.#events;
  }

  sending(sending: Omit<Sending, 'kind' | 'at'>, at = now()): void {
    this.#events.push({ kind: 'sending', at, ...sending });
  }

  /** Records a send at its beginning; what is returned has to be told how it ended. */
  open(sending: Omit<Sending, 'kind' | 'at' | 'outcome'>, at = now()): (outcome: Outcome) => void {
    const place = this.#events.push({ kind: 'sending', at, ...sending, outcome: 'unknown' }) - 1;
    return (outcome) => {
      this.#events[place] = { kind: 'sending', at, ...sending, outcome };
    };
  }

  delivery(delivery: Omit<Delivery, 'kind' | 'at'>, at = now()): void {
    this.#events.push({ kind: 'delivery', at, ...delivery });
  }

  loss(loss: Omit<Loss, 'kind'>): void {
    if (loss.messages > 0) this.#events.push({ kind: 'loss', ...loss });
  }

  probe(probe: Omit<Probe, 'kind'>): void {
    this.#events.push({ kind: 'probe', ...probe });
  }

  /** Returns one JSON text per line. */
  toString(): string {
    return this.#events.map((event) => `${JSON.stringify(event)}\n`).join('');
  }
}

/** Returns milliseconds of the machine's monotonic clock: processes on it agree, however they are set. */
export function now(): number {
  return Number(process.hrtime.bigint() / 1_000_000n);
}
