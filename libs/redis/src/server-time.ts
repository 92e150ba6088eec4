import type { Clock } from '@nest-channels/core';

/**
 * Knows the time of the Redis server between its answers.
 *
 * Each answer tells the time it was made at, so that what is known is behind by its way here.
 */
export class ServerTime {
  #offsetMs = -Infinity;

  constructor(private readonly clock: Clock) {}

  /** Takes note of what an answer told; the fastest one counts. */
  learn(serverMs: number): void {
    this.#offsetMs = Math.max(this.#offsetMs, serverMs - this.clock.now());
  }

  /** Starts anew: another server, or its clock, may have come back. */
  forget(): void {
    this.#offsetMs = -Infinity;
  }

  now(): number {
    return this.clock.now() + this.#offsetMs;
  }
}
