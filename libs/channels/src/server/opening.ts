import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Clock, Timer } from '@nest-channels/core';
import type { ServerSettings } from '../server-options.js';
import type { AccessRecord } from './access-log.js';
import type { ClosingWebSocket } from './closing-web-socket.js';
import { EarlyData } from './early-data.js';
import type { Handshake } from './handshake.js';
import type { HandlingOrder } from './inbound.js';
import { type Refusal, refuse } from './refusal.js';
import type { Acceptance, Upgrader } from './upgrader.js';

/** Is one upgrade request that passed the server's own checks. */
export interface Upgrade {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly handshake: Handshake;
  /** Is where its outcome is told; absent without an access log. */
  readonly access?: AccessRecord;
}

/** Is what the openings of all connections share. */
export interface OpeningHost {
  readonly upgrader: Upgrader;
  readonly settings: Pick<ServerSettings, 'acceptTimeoutMs' | 'maxEarlyBytes' | 'closeTimeoutMs'>;
  readonly clock: Clock;
}

/** Is why a handshake ended before it was decided. */
export type Failure = 'timeout' | 'too early' | 'lost';

/**
 * Is a handshake that waits for its decision.
 *
 * It holds what the client sends meanwhile and notices when it leaves. States: waiting → decided;
 * a failure is told once, and only while waiting.
 */
export class Opening {
  #state: 'waiting' | 'decided' = 'waiting';
  #order: HandlingOrder = 'free';
  readonly #early: EarlyData;
  readonly #timer: Timer;

  constructor(
    readonly upgrade: Upgrade,
    private readonly host: OpeningHost,
    private readonly onFailure: (failure: Failure) => void,
  ) {
    const { socket, head } = upgrade;
    const { acceptTimeoutMs, maxEarlyBytes } = host.settings;
    const onExceeded = (): void => this.#fail('too early');
    this.#early = new EarlyData(socket, head, { bytes: maxEarlyBytes, onExceeded });
    this.#timer = host.clock.setTimer(() => this.#fail('timeout'), acceptTimeoutMs);
    socket.once('end', this.#lost);
    socket.once('close', this.#lost);
  }

  /** Is how the frames of the connection will follow each other. */
  get order(): HandlingOrder {
    return this.#order;
  }

  /** Has the frames handled in strict order, after the connect. */
  keepOrder(): void {
    if (this.#order === 'free') this.#order = 'after connect';
  }

  /** Takes the connect, number 0, as handled. */
  settled(order: number): void {
    if (order === 0 && this.#order === 'after connect') this.#order = 'strict';
  }

  /** Turns the request into a WebSocket; undefined when the client has gone meanwhile. */
  accept(acceptance: Acceptance): ClosingWebSocket | undefined {
    const { request, socket, access } = this.upgrade;
    const webSocket = this.host.upgrader.upgrade(request, socket, this.#decide(), acceptance);
    access?.answered(webSocket ? { status: 101, subprotocol: acceptance.subprotocol } : {});
    return webSocket;
  }

  /** Answers the request with an HTTP status. */
  refuse(refusal: Refusal): void {
    this.#decide();
    this.upgrade.access?.answered(refusal);
    const { clock, settings } = this.host;
    refuse(this.upgrade.socket, refusal, { clock, timeoutMs: settings.closeTimeoutMs });
  }

  /** Ends the request without an answer. */
  drop(): void {
    this.#decide();
    this.upgrade.access?.answered({});
    this.upgrade.socket.destroy();
  }

  /** Stops waiting and returns what the client has sent so far. */
  #decide(): Buffer {
    const { socket } = this.upgrade;
    this.#state = 'decided';
    this.#timer.cancel();
    socket.off('end', this.#lost);
    socket.off('close', this.#lost);
    return this.#early.release();
  }

  #fail(failure: Failure): void {
    if (this.#state === 'waiting') this.onFailure(failure);
  }

  readonly #lost = (): void => this.#fail('lost');
}
