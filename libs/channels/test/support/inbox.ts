/** Collects what arrives, for a test to await in order. */
export class Inbox<T> {
  readonly #items: T[] = [];
  readonly #readers: ((item: T) => void)[] = [];

  readonly push = (item: T): void => {
    const reader = this.#readers.shift();
    if (reader) reader(item);
    else this.#items.push(item);
  };

  /** Resolves with the next item, now or when it arrives. */
  next(): Promise<T> {
    if (this.#items.length > 0) return Promise.resolve(this.#items.shift() as T);
    return new Promise((resolve) => this.#readers.push(resolve));
  }

  async take(count: number): Promise<T[]> {
    const items: T[] = [];
    while (items.length < count) items.push(await this.next());
    return items;
  }

  /** Counts what has arrived and was not taken. */
  get size(): number {
    return this.#items.length;
  }
}
