import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  ChannelFull,
  type ChannelLayer,
  type Clock,
  reasonOf,
  type Timer,
} from '@nest-channels/core';
import type { Logger } from '@nestjs/common';
import type { RawData, WebSocket } from 'ws';
import type { ServerSettings } from '../server-options.js';
import { EarlyData } from './early-data.js';
import type { Handshake } from './handshake.js';
import { type Refusal, refuse, UNAVAILABLE } from './refusal.js';
import type { Close, Reply } from './reply-reader.js';
import type { Upgrader } from './upgrader.js';

/** Close code of a connection that ended without a close frame (RFC 6455 §7.1.5). */
const ABNORMAL = 1006;

/** Is one upgrade request that passed the server's own checks. */
export interface Upgrade {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly handshake: Handshake;
}

/** Is what all connections of a server share. */
export interface ConnectionHost {
  readonly layer: ChannelLayer;
  readonly upgrader: Upgrader;
  readonly settings: ServerSettings;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Is called once, when the connection has reached its last state. */
  forget(connection: Connection): void;
}

/**
 * Is one client's connection, from its handshake to its end.
 *
 * ```
 * connecting ──accept──► open ──close──► closing
 *     │                   │                 │
 *     └──deny, timeout,───┴──lost───────────┴──► closed
 *        lost
 * ```
 * It answers to its reply channel and turns what the client does into `websocket.connect`,
 * `.receive` and `.disconnect`. A disconnect follows every connect, unless the application itself
 * refused the connection.
 */
export class Connection {
  #state: 'connecting' | 'open' | 'closing' | 'closed' = 'connecting';
  #order = 0;
  #webSocket?: WebSocket;
  #timer?: Timer;
  readonly #early: EarlyData;

  constructor(
    readonly replyChannel: string,
    private readonly upgrade: Upgrade,
    private readonly host: ConnectionHost,
  ) {
    const { socket, head } = upgrade;
    const onExceeded = (): void => this.#end(ABNORMAL, this.#tooEarly());
    const limits = { bytes: host.settings.maxEarlyBytes, onExceeded };
    this.#early = new EarlyData(socket, head, limits);
    socket.once('end', this.#lost);
    socket.once('close', this.#lost);
  }

  /** Asks the application whether the client may connect. */
  async connect(): Promise<void> {
    const { layer, clock, settings } = this.host;
    if (this.upgrade.head.length > settings.maxEarlyBytes) return this.#refuse(this.#tooEarly());
    this.#timer = clock.setTimer(() => this.#timedOut(), settings.acceptTimeoutMs);
    try {
      const content = { ...this.upgrade.handshake, reply_channel: this.replyChannel };
      await layer.send('websocket.connect', content);
    } catch (error) {
      // A layer that lost its answer may have delivered the message all the same.
      if (this.#state !== 'connecting') return;
      this.#warn(`refused with 503: ${reasonOf(error)}`);
      this.#refuse(UNAVAILABLE);
    }
  }

  /** Carries out what the application sent to the reply channel. */
  answer(reply: Reply): void {
    if (this.#state === 'connecting') this.#decide(reply);
    else if (this.#state === 'open') this.#speak(reply);
  }

  /** Ends the connection from the server's side. */
  close(close: Close): void {
    if (this.#state === 'connecting') this.#end(ABNORMAL, UNAVAILABLE);
    else if (this.#state === 'open') this.#sendClose(close);
  }

  #decide(reply: Reply): void {
    const hasData = reply.data !== undefined && reply.data.length > 0;
    if (reply.accept === false) return this.#refuse(reply);
    if (!reply.accept && !hasData) return reply.close ? this.#refuse({ status: 403 }) : undefined;
    this.#accept(reply);
    if (this.#state === 'open') this.#speak(reply);
  }

  #speak({ data, close }: Reply): void {
    if (data !== undefined) this.#send(data);
    if (close) this.#sendClose(close);
  }

  /** Frames sent in one turn of the event loop leave in one write. */
  #send(data: string | Uint8Array): void {
    const { socket } = this.upgrade;
    if (socket.writableCorked === 0) {
      socket.cork();
      process.nextTick(() => socket.uncork());
    }
    this.#webSocket?.send(data);
  }

  #accept(reply: Reply): void {
    const { request, socket } = this.upgrade;
    this.#leaveHandshake();
    const head = this.#early.release();
    const acceptance = { headers: reply.headers, subprotocol: this.#offered(reply.subprotocol) };
    const webSocket = this.host.upgrader.upgrade(request, socket, head, acceptance);
    if (!webSocket) return this.#end(ABNORMAL);
    this.#state = 'open';
    this.#webSocket = webSocket;
    webSocket.on('message', (data, isBinary) => this.#received(data, isBinary));
    webSocket.on('error', (error) => this.#warn(`broke the protocol: ${error.message}`));
    webSocket.once('close', (code) => this.#end(code));
  }

  #offered(subprotocol: string | undefined): string | undefined {
    const { subprotocols } = this.upgrade.handshake;
    if (subprotocol === undefined || subprotocols.includes(subprotocol)) return subprotocol;
    const quoted = JSON.stringify(subprotocol);
    this.#warn(`accepted without subprotocol ${quoted}, which its client did not offer`);
    return undefined;
  }

  #received(data: RawData, isBinary: boolean): void {
    if (this.#state !== 'open') return;
    const frame = isBinary ? { bytes: data as Buffer } : { text: (data as Buffer).toString() };
    const { path } = this.upgrade.handshake;
    const content = { reply_channel: this.replyChannel, path, order: ++this.#order, ...frame };
    this.host.layer.send('websocket.receive', content).catch(this.#undeliverable);
  }

  readonly #undeliverable = (error: Error): void => {
    if (this.#state !== 'open') return;
    this.#warn(`closed with 1013: ${error.message}`);
    const reason = error instanceof ChannelFull ? 'overloaded' : 'layer unavailable';
    this.#sendClose({ code: 1013, reason });
  };

  #sendClose({ code, reason }: Close): void {
    this.#state = 'closing';
    this.#webSocket?.close(code, reason);
  }

  #timedOut(): void {
    const { acceptTimeoutMs } = this.host.settings;
    this.#warn(
      `refused with 503: nothing answered within ${acceptTimeoutMs} ms. ` +
        'Is a worker running, and does its websocket.connect handler accept or deny?',
    );
    this.#end(ABNORMAL, UNAVAILABLE);
  }

  #tooEarly(): Refusal {
    this.#warn(`refused with 413: over ${this.host.settings.maxEarlyBytes} bytes before accept`);
    return { status: 413 };
  }

  readonly #lost = (): void => {
    if (this.#state !== 'connecting') return;
    const path = JSON.stringify(this.upgrade.handshake.path);
    this.host.logger.debug(`WebSocket ${path} left before it was answered`);
    this.#end(ABNORMAL);
  };

  /** Refuses as the application wants it: it knows, so no disconnect follows. */
  #refuse(refusal: Refusal): void {
    this.#leaveHandshake();
    this.#early.release();
    refuse(this.upgrade.socket, refusal);
    this.#forget();
  }

  /** Ends a connection that the application heard of and did not refuse. */
  #end(code: number, refusal?: Refusal): void {
    if (this.#state === 'closed') return;
    if (this.#state === 'connecting') this.#leaveHandshake();
    if (refusal) refuse(this.upgrade.socket, refusal);
    else if (!this.#webSocket) this.upgrade.socket.destroy();
    this.#forget();
    const { path } = this.upgrade.handshake;
    const content = { reply_channel: this.replyChannel, path, code, order: this.#order + 1 };
    this.host.layer
      .send('websocket.disconnect', content)
      .catch((error: Error) => this.#warn(`lost its disconnect message: ${error.message}`));
  }

  #leaveHandshake(): void {
    this.#timer?.cancel();
    this.upgrade.socket.off('end', this.#lost);
    this.upgrade.socket.off('close', this.#lost);
  }

  #forget(): void {
    this.#state = 'closed';
    this.host.forget(this);
  }

  #warn(what: string): void {
    this.host.logger.warn(`WebSocket ${JSON.stringify(this.upgrade.handshake.path)} ${what}`);
  }
}
