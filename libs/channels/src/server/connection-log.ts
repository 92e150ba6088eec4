import { reasonOf } from '@nest-channels/core';
import type { Logger } from '@nestjs/common';
import { quote } from '../log-text.js';
import type { ServerSettings } from '../server-options.js';

/** Says in a line each what becomes of connections and why; of one path each. */
export class ConnectionLog {
  constructor(
    private readonly logger: Pick<Logger, 'warn' | 'debug'>,
    private readonly settings: ServerSettings,
  ) {}

  refused(path: string, error: unknown): void {
    this.#warn(path, `refused with 503: ${reasonOf(error)}`);
  }

  unanswered(path: string): void {
    this.#warn(
      path,
      `refused with 503: nothing answered within ${this.settings.acceptTimeoutMs} ms. ` +
        'Is a worker running, and does its websocket.connect handler accept or deny?',
    );
  }

  tooEarly(path: string): void {
    this.#warn(path, `refused with 413: over ${this.settings.maxEarlyBytes} bytes before accept`);
  }

  left(path: string): void {
    this.logger.debug(`WebSocket ${quote(path)} left before it was answered`);
  }

  foreignSubprotocol(path: string, subprotocol: string): void {
    const quoted = quote(subprotocol);
    this.#warn(path, `accepted without subprotocol ${quoted}, which its client did not offer`);
  }

  broken(path: string, error: Error): void {
    this.#warn(path, `broke the protocol: ${error.message}`);
  }

  dead(path: string): void {
    this.#warn(path, `was cut off: silent for ${this.settings.pingTimeoutMs} ms after a ping`);
  }

  unfinished(path: string): void {
    this.#warn(path, `closed with 1008: a message took over ${this.settings.messageTimeoutMs} ms`);
  }

  old(path: string): void {
    this.logger.debug(`WebSocket ${quote(path)} is ${this.settings.maxAgeMs} ms old: closed`);
  }

  tooSlow(path: string): void {
    this.#warn(path, 'closed with 1013: its client reads too slowly');
  }

  undeliverable(path: string, error: Error): void {
    this.#warn(path, `closed with 1013: ${error.message}`);
  }

  unsettled(path: string, left: number): void {
    const { settleTimeoutMs } = this.settings;
    const dropped = left > 0 ? `, ${left} frames after it are dropped` : '';
    this.#warn(path, `waited ${settleTimeoutMs} ms in vain for a frame to be handled${dropped}`);
  }

  lostFrame(path: string, error: Error): void {
    this.#warn(path, `lost a frame: ${error.message}`);
  }

  lostMessage(path: string, channel: string, error: Error): void {
    this.#warn(path, `lost its ${channel} message: ${reasonOf(error)}`);
  }

  lostEvent(path: string, type: string, error: unknown): void {
    this.#warn(path, `lost an event of type ${quote(type)}: ${reasonOf(error)}`);
  }

  #warn(path: string, what: string): void {
    this.logger.warn(`WebSocket ${quote(path)} ${what}`);
  }
}
