interface Reader<T> {
  readonly resolve: (item: T) => void;
  readonly reject: (reason: Error) => void;
}

/** Collects what arrives, for a test to await in order. */
export class Inbox<T> {
  readonly #items: T[] = [];
  readonly #readers: Reader<T>[] = [];
  #end: Error | undefined;

  readonly push = (item: T): void => {
    const reader = this.#readers.shift();
    if (reader) reader.resolve(item);
    else this.#items.push(item);
  };

  /** Tells who waits, and who comes when all is taken, that nothing more arrives. */
  end(reason: Error): void {
    this.#end = reason;
    for (const { reject } of this.#readers.splice(0)) reject(reason);
  }

  /** Resolves with the next item, now or when it arrives; rejects when none will. */
  next(): Promise<T> {
    if (this.#items.length > 0) return Promise.resolve(this.#items.shift() as T);
    if (this.#end) return Promise.reject(this.#end);
    return new Promise((resolve, reject) => this.#readers.push({ resolve, reject }));
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
