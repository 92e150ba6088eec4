import type { AfterClose } from './close-codes.js';

/** Are the options of the delays between attempts to connect. */
export interface BackoffOptions {
  /** Is the shortest delay; 500 if absent. */
  readonly minMs?: number;
  /** Is the longest delay; 30,000 if absent. */
  readonly maxMs?: number;
  /** Is by how much the longest possible delay grows with each attempt; 2 if absent. */
  readonly factor?: number;
}

/**
 * Chooses how long to wait before each attempt, so that many clients do not come back together.
 *
 * A delay is drawn evenly between `minMs` and a ceiling, which is `minMs × factor²` for the first
 * attempt and grows by `factor` to `maxMs`: with the defaults 0.5 s to 2 s, then 4 s, 8 s, 16 s
 * and 30 s. A server that is overloaded is left alone for half of `maxMs` at least.
 */
export class Backoff {
  readonly #minMs: number;
  readonly #maxMs: number;
  readonly #factor: number;
  #attempt = 0;

  constructor(
    { minMs = 500, maxMs = 30_000, factor = 2 }: BackoffOptions,
    private readonly random: () => number,
  ) {
    this.#minMs = Math.min(minMs, maxMs);
    this.#maxMs = maxMs;
    this.#factor = factor;
  }

  /** Counts the attempts since the last connection that held. */
  get attempt(): number {
    return this.#attempt;
  }

  /** Returns the delay before the next attempt, in milliseconds. */
  next(after: Exclude<AfterClose, 'stop'>): number {
    this.#attempt++;
    const ceiling = Math.min(this.#maxMs, this.#minMs * this.#factor ** (this.#attempt + 1));
    return after === 'later'
      ? this.#between(this.#maxMs / 2, this.#maxMs)
      : this.#between(this.#minMs, ceiling);
  }

  reset(): void {
    this.#attempt = 0;
  }

  #between(low: number, high: number): number {
    return Math.round(low + this.random() * (high - low));
  }
}
