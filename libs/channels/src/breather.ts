import type { Clock } from '@nest-channels/core';

const LONGEST_STRETCH_MS = 10;

/**
 * Lets sockets and timers have their turn in a loop that might never wait.
 *
 * A loop over a layer in the same process can go on for ever in resolved promises, which keep the
 * event loop from everything else.
 */
export class Breather {
  #since: number;

  constructor(private readonly clock: Clock) {
    this.#since = clock.now();
  }

  /** Yields to the event loop when it has been held for long. */
  async breathe(): Promise<void> {
    if (this.clock.now() - this.#since < LONGEST_STRETCH_MS) return;
    await new Promise((resolve) => setImmediate(resolve));
    this.#since = this.clock.now();
  }
}
