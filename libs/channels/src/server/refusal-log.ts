import type { Clock, Timer } from '@nest-channels/core';
import type { Logger } from '@nestjs/common';

const INTERVAL_MS = 1_000;
const MAX_LINES = 10;

/**
 * Logs refusals without letting a flood of clients become a flood of lines.
 *
 * An address has one line a second, and all together ten; the others are counted.
 */
export class RefusalLog {
  readonly #addresses = new Set<string>();
  #left = 0;
  #timer?: Timer;

  constructor(
    private readonly logger: Pick<Logger, 'warn'>,
    private readonly clock: Clock,
  ) {}

  /** Logs what happened to a client, or counts it. */
  add(address: string, line: string): void {
    this.#timer ??= this.clock.setTimer(() => this.#count(), INTERVAL_MS, { inBackground: true });
    if (this.#addresses.has(address) || this.#addresses.size >= MAX_LINES) {
      this.#left++;
      return;
    }
    this.#addresses.add(address);
    this.logger.warn(line);
  }

  /** Logs what it has only counted so far. */
  close(): void {
    this.#timer?.cancel();
    this.#count();
  }

  #count(): void {
    if (this.#left > 0) this.logger.warn(`Refused ${this.#left} more handshakes within a second.`);
    this.#timer = undefined;
    this.#addresses.clear();
    this.#left = 0;
  }
}
