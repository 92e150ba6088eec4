import type { Clock } from '@nest-channels/core';
import type { ServerSettings } from '../server-options.js';
import { HandshakeRate, type RateLimits } from './handshake-rate.js';
import type { Refusal } from './refusal.js';

/** Are the limits of how many clients may come and stay. */
export type AdmissionLimits = RateLimits &
  Pick<ServerSettings, 'maxConnections' | 'maxConnectionsPerAddress'>;

/** Is what admission depends on besides its limits. */
export interface AdmissionHost {
  readonly clock: Clock;
  /** Returns a number from 0 up to 1; Math.random if absent. */
  readonly random?: () => number;
}

/** Is the refusal of a client that may not come or stay now. */
export interface Crowding extends Refusal {
  /** Is whose limit is reached. */
  readonly of: 'address' | 'process';
}

const MAX_RETRY_SECONDS = 5;

/**
 * Keeps the clients of a server within its limits.
 *
 * One address too many gets 429, the process at its limit 503, both with a `Retry-After` of 1 to 5
 * seconds, so that those refused together do not come back together.
 */
export class Admission {
  readonly #connections = new Map<string, number>();
  readonly #rate: HandshakeRate;
  readonly #random: () => number;
  #connectionCount = 0;

  constructor(
    private readonly limits: AdmissionLimits,
    { clock, random = Math.random }: AdmissionHost,
  ) {
    this.#rate = new HandshakeRate(limits, clock);
    this.#random = random;
  }

  /**
   * Counts a handshake and returns why it must be refused, undefined if it may go on.
   *
   * @param address what the client is counted as; undefined for one that is not counted by address
   */
  arrive(address: string | undefined): Crowding | undefined {
    switch (this.#rate.add(address)) {
      case 'address':
        return this.#crowding('address', 'maxHandshakesPerSecondPerAddress');
      case 'process':
        return this.#crowding('process', 'maxHandshakesPerSecond');
      default:
        return this.#full(address);
    }
  }

  /** Takes a place for a connection and returns how to give it back. */
  enter(address: string | undefined): () => void {
    this.#add(address, 1);
    return () => this.#add(address, -1);
  }

  /** Forgets the handshakes of the last second. */
  close(): void {
    this.#rate.close();
  }

  #full(address: string | undefined): Crowding | undefined {
    if (this.#connectionCount >= this.limits.maxConnections) {
      return this.#crowding('process', 'maxConnections');
    }
    const held = this.#connections.get(address ?? '') ?? 0;
    if (held < this.limits.maxConnectionsPerAddress) return undefined;
    return this.#crowding('address', 'maxConnectionsPerAddress');
  }

  #crowding(of: Crowding['of'], limit: keyof AdmissionLimits): Crowding {
    const seconds = 1 + Math.floor(this.#random() * MAX_RETRY_SECONDS);
    const status = of === 'address' ? 429 : 503;
    const headers = { 'Retry-After': String(seconds) };
    return { of, status, headers, reason: `over ${limit} (${this.limits[limit]})` };
  }

  #add(address: string | undefined, change: number): void {
    this.#connectionCount += change;
    if (address === undefined) return;
    const count = (this.#connections.get(address) ?? 0) + change;
    if (count > 0) this.#connections.set(address, count);
    else this.#connections.delete(address);
  }
}
