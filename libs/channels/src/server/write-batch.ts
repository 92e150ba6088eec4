/** Is something that collects what it is to write. */
export interface Flushable {
  flush(): void;
}

/** Lets what sockets are sent in one turn of the event loop leave in one write each. */
export class WriteBatch {
  #waiting: Flushable[] = [];

  /** Has this flushed when the running turn is over; once per turn is enough. */
  add(flushable: Flushable): void {
    if (this.#waiting.push(flushable) === 1) process.nextTick(this.#flush);
  }

  readonly #flush = (): void => {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const flushable of waiting) flushable.flush();
  };
}
