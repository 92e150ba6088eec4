/** Is how the handling of a message can end. */
export type Ending = 'handled' | 'failed' | 'timedOut' | 'dropped' | 'poisoned' | 'unrouted';

/** Is what a worker has counted since it started; each message ends as exactly one of the first six. */
export interface WorkerStatistics {
  /** Are messages whose handler ended well, denials and closes included. */
  readonly handled: number;
  /** Are messages whose handler, or an enhancer around it, threw. */
  readonly failed: number;
  /** Are messages whose handler ran for longer than its task timeout. */
  readonly timedOut: number;
  /** Are messages that were postponed too often, or left when the process stopped. */
  readonly dropped: number;
  /** Are messages that could not even be given to a handler. */
  readonly poisoned: number;
  /** Are messages that no route took. */
  readonly unrouted: number;
  /** Are runs that ended with the wish to handle the message again later. */
  readonly postponed: number;
  /** Are the messages whose handlers run now. */
  readonly running: number;
  /** Are the messages that were received and wait for their turn now, postponed ones included. */
  readonly waiting: number;
}

/** Counts what becomes of the messages of a worker. */
export class Tally {
  readonly #counts: Record<Ending | 'postponed', number> = {
    handled: 0,
    failed: 0,
    timedOut: 0,
    dropped: 0,
    poisoned: 0,
    unrouted: 0,
    postponed: 0,
  };

  /** Returns a copy of the counts. */
  get counts(): Readonly<Record<Ending | 'postponed', number>> {
    return { ...this.#counts };
  }

  count(what: Ending | 'postponed', messages = 1): void {
    this.#counts[what] += messages;
  }
}
