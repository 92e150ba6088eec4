/** Holds handlers of a test until it lets them go on. */
export class Gate {
  readonly #arrivals: (() => void)[] = [];
  readonly #held: (() => void)[] = [];
  #arrived = 0;

  /** Is awaited by a handler; resolves when it may go on. */
  pass(): Promise<void> {
    this.#arrived++;
    for (const tell of this.#arrivals.splice(0)) tell();
    return new Promise((resolve) => this.#held.push(resolve));
  }

  /** Resolves when so many have come. */
  async arrived(count: number): Promise<void> {
    while (this.#arrived < count) {
      await new Promise<void>((resolve) => this.#arrivals.push(resolve));
    }
  }

  /** Lets everybody go on who waits. */
  open(): void {
    for (const go of this.#held.splice(0)) go();
  }
}
