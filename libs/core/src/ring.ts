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

  /** Takes the first items at once, as long as this holds for them; where it ends it has to stay so. */
  shiftWhile(holds: (item: T) => boolean): T[] {
    let count = 0;
    let end = this.#size;
    while (count < end) {
      const middle = (count + end) >> 1;
      if (holds(this.#at(middle))) count = middle + 1;
      else end = middle;
    }
    return this.#shiftMany(count);
  }

  #at(index: number): T {
    return this.#slots[(this.#head + index) & (this.#slots.length - 1)] as T;
  }

  #shiftMany(count: number): T[] {
    const slots = this.#slots;
    const end = this.#head + count;
    const wrapped = Math.max(0, end - slots.length);
    const items = slots.slice(this.#head, end).concat(slots.slice(0, wrapped)) as T[];
    slots.fill(undefined, this.#head, end).fill(undefined, 0, wrapped);
    this.#head = end & (slots.length - 1);
    this.#size -= count;
    return items;
  }

  #grow(): void {
    const ordered = [...this.#slots.slice(this.#head), ...this.#slots.slice(0, this.#head)];
    this.#slots = [...ordered, ...Array.from<undefined>({ length: ordered.length })];
    this.#head = 0;
  }
}
