/** Counts work in progress up to a limit. */
export class Slots {
  #taken = 0;
  #waiters: (() => void)[] = [];

  constructor(private readonly limit: number) {}

  get free(): number {
    return this.limit - this.#taken;
  }

  /** Takes a slot until the work has ended. */
  occupy(work: Promise<void>): void {
    this.#taken++;
    void work.finally(() => this.#release());
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
