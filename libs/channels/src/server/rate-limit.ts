/** Says how long to wait after each frame so that a rate is kept, bursts of two seconds allowed. */
export class RateLimit {
  #tokens: number;
  #countedAt: number;

  constructor(
    private readonly perSecond: number,
    now: number,
  ) {
    this.#tokens = perSecond * 2;
    this.#countedAt = now;
  }

  /** Counts one frame and returns the milliseconds until the next may come. */
  count(now: number): number {
    const earned = ((now - this.#countedAt) / 1000) * this.perSecond;
    this.#tokens = Math.min(this.perSecond * 2, this.#tokens + earned) - 1;
    this.#countedAt = now;
    return this.#tokens >= 1 ? 0 : Math.ceil(((1 - this.#tokens) / this.perSecond) * 1000);
  }
}
