const SECONDS = 10;

/**
 * Counts something and knows how often it happened per second of late.
 *
 * Light until it has counted in two different seconds: most channels never do.
 */
export class RateMeter {
  #total = 0;
  #second = 0;
  #inThisSecond = 0;
  /** One count per whole second, around the clock. */
  #history?: number[];

  get total(): number {
    return this.#total;
  }

  add(count: number, nowMs: number): void {
    this.#advance(Math.floor(nowMs / 1_000));
    this.#total += count;
    this.#inThisSecond += count;
  }

  /** Returns the average over the last ten whole seconds. */
  perSecond(nowMs: number): number {
    this.#advance(Math.floor(nowMs / 1_000));
    return (this.#history ?? []).reduce((sum, count) => sum + count, 0) / SECONDS;
  }

  #advance(second: number): void {
    if (second === this.#second) return;
    if (this.#inThisSecond > 0 || this.#history) this.#remember(second);
    this.#second = second;
    this.#inThisSecond = 0;
  }

  #remember(second: number): void {
    const history = (this.#history ??= Array.from({ length: SECONDS }, () => 0));
    history[this.#second % SECONDS] = this.#inThisSecond;
    const skipped = Math.min(second - this.#second - 1, SECONDS);
    for (let step = 1; step <= skipped; step++) history[(this.#second + step) % SECONDS] = 0;
  }
}
