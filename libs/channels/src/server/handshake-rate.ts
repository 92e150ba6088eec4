import type { Clock, Timer } from '@nest-channels/core';
import type { ServerSettings } from '../server-options.js';

const SECOND_MS = 1_000;

/** Are the limits of one second. */
export type RateLimits = Pick<
  ServerSettings,
  'maxHandshakesPerSecond' | 'maxHandshakesPerSecondPerAddress'
>;

/**
 * Counts the handshakes of a second, of each address and of all.
 *
 * Those refused to an address do not count for all, so that one cannot use up what others need.
 * Nothing is kept for longer than the second.
 */
export class HandshakeRate {
  readonly #counts = new Map<string, number>();
  #total = 0;
  #timer?: Timer;

  constructor(
    private readonly limits: RateLimits,
    private readonly clock: Clock,
  ) {}

  /** Counts a handshake and tells whose limit it exceeds; without an address only the process's. */
  add(address: string | undefined): 'address' | 'process' | undefined {
    this.#timer ??= this.clock.setTimer(() => this.close(), SECOND_MS, { inBackground: true });
    if (address !== undefined && this.#exceeds(address)) return 'address';
    return ++this.#total > this.limits.maxHandshakesPerSecond ? 'process' : undefined;
  }

  /** Forgets what it has counted. */
  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#counts.clear();
    this.#total = 0;
  }

  #exceeds(address: string): boolean {
    const count = (this.#counts.get(address) ?? 0) + 1;
    this.#counts.set(address, count);
    return count > this.limits.maxHandshakesPerSecondPerAddress;
  }
}
