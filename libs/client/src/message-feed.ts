import { FeedFull } from './errors.js';

interface Reader<T> {
  resolve(result: IteratorResult<T, undefined>): void;
  reject(error: unknown): void;
}

/**
 * Is an iteration over messages as they come: `for await (const message of feed)`.
 *
 * It holds at most `limit` messages for a reader that is slower, then fails with `FeedFull`.
 * States: open → ended or failed; what came before is still read.
 */
export class MessageFeed<T> implements AsyncIterableIterator<T> {
  #state: 'open' | 'ended' | 'failed' = 'open';
  #error: unknown;
  readonly #messages: T[] = [];
  readonly #readers: Reader<T>[] = [];

  constructor(
    private readonly limit: number,
    /** Is called once, when nothing more is wanted. */
    private readonly released: () => void,
  ) {}

  push(message: T): void {
    if (this.#state !== 'open') return;
    const reader = this.#readers.shift();
    if (reader) return reader.resolve({ done: false, value: message });
    if (this.#messages.length >= this.limit) return this.end(new FeedFull(this.limit));
    this.#messages.push(message);
  }

  /** Ends the iteration, with an error where there is one. */
  end(error?: unknown): void {
    if (this.#state !== 'open') return;
    this.#state = error === undefined ? 'ended' : 'failed';
    this.#error = error;
    this.released();
    for (const reader of this.#readers.splice(0)) this.#finish(reader);
  }

  next(): Promise<IteratorResult<T, undefined>> {
    return new Promise((resolve, reject) => {
      if (this.#messages.length > 0) {
        resolve({ done: false, value: this.#messages.shift() as T });
      } else if (this.#state === 'open') {
        this.#readers.push({ resolve, reject });
      } else {
        this.#finish({ resolve, reject });
      }
    });
  }

  return(): Promise<IteratorResult<T, undefined>> {
    this.#messages.length = 0;
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Gives the error to one reader only; the iteration is over after it. */
  #finish(reader: Reader<T>): void {
    if (this.#state !== 'failed') return reader.resolve({ done: true, value: undefined });
    this.#state = 'ended';
    reader.reject(this.#error);
  }
}
