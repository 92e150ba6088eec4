/** Is a first-in first-out queue with constant-time ends, on a circular array. */
export class Ring<T> {
  #slots: (T | undefined)[] = [undefined];
  #head = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(item: T): void {
    if (this.#size === this.#slots.length) this.#grow();
    this.#slots[(this.#head + this.#size) & (this.#slots.length - 1)] = item;
    this.#size++;
  }

  peek(): T | undefined {
    return this.#slots[this.#head];
  }

  shift(): T | undefined {
    const item = this.#slots[this.#head];
    if (this.#size === 0) return undefined;
    this.#slots[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#slots.length - 1);
    this.#size--;
    return item;
  }

  #grow(): void {
    const ordered = [...this.#slots.slice(this.#head), ...this.#slots.slice(0, this.#head)];
    this.#slots = [...ordered, ...Array.from<undefined>({ length: ordered.length })];
    this.#head = 0;
  }
}
