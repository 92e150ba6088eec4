/** Counts work in progress up to a limit. */
export class Slots {
  #taken = 0;
  #waiters: (() => void)[] = [];

  constructor(private readonly limit: number) {}

  get free(): number {
    return this.limit - this.#taken;
  }

  /** Takes a slot until the work has ended, free or not. */
  occupy(work: Promise<void>): void {
    this.#taken++;
    void work.finally(() => this.#release());
  }

  /** Starts work when a slot is free, and resolves when it has started. */
  async run(work: () => Promise<void>): Promise<void> {
    // Several may wait for the same slot: who wakes first takes it before the next one looks.
    while (this.free <= 0) await this.#nextRelease();
    this.occupy(work());
  }

  /** Resolves when at least one slot is free. */
  async available(): Promise<void> {
    while (this.free <= 0) await this.#nextRelease();
  }

  /** Resolves when every slot is free. */
  async idle(): Promise<void> {
    while (this.#taken > 0) await this.#nextRelease();
  }

  #nextRelease(): Promise<void> {
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  #release(): void {
    this.#taken--;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const wake of waiters) wake();
  }
}
