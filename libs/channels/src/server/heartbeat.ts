import type { Clock, Timer } from '@nest-channels/core';

const INTERVAL_MS = 1_000;

/** Is something that is looked at from time to time. */
export interface Checked {
  /**
   * Looks after time limits.
   *
   * @param options `afterStall` says that the process itself has stood still
   */
  check(now: number, options: { readonly afterStall: boolean }): void;
}

/** Checks every connection once a second: one timer for all of them. */
export class Heartbeat {
  #timer?: Timer;
  #lastAt = 0;

  constructor(
    private readonly clock: Clock,
    private readonly connections: () => Iterable<Checked>,
  ) {}

  start(): void {
    this.#lastAt = this.clock.now();
    this.#timer = this.clock.setTimer(() => this.#beat(), INTERVAL_MS, { inBackground: true });
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #beat(): void {
    const now = this.clock.now();
    // A process that was stopped or blocked must not take its own silence for that of its clients.
    const afterStall = now - this.#lastAt >= 5 * INTERVAL_MS;
    this.start();
    for (const connection of this.connections()) connection.check(now, { afterStall });
  }
}
