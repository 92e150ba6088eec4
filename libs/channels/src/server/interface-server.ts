import { randomBytes } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ChannelLayer, localName, reasonOf } from '@nest-channels/core';
import { Injectable, Logger } from '@nestjs/common';
import { ChannelsSettings } from '../channels-options.js';
import { InvalidHandshake } from '../errors.js';
import { Layers } from '../layers.js';
import { Connection, type ConnectionHost, type Upgrade } from './connection.js';
import { readHandshake } from './handshake.js';
import { Mailbox } from './mailbox.js';
import { isAllowedOrigin } from './origin.js';
import { type Refusal, refuse, UNAVAILABLE } from './refusal.js';
import type { Reply } from './reply-reader.js';
import { Upgrader } from './upgrader.js';

const GOING_AWAY = { code: 1001, reason: 'server is stopping' } as const;

/**
 * Terminates WebSockets on an HTTP server and speaks for them over the layer.
 *
 * States: idle → running → stopping → stopped. One mailbox, read by this process alone, carries
 * the replies of all its connections.
 */
@Injectable()
export class InterfaceServer {
  readonly #logger = new Logger(InterfaceServer.name);
  /** Is the part of every reply channel that names this process; nobody can guess it. */
  readonly #address = `server.${randomBytes(16).toString('base64url')}!`;
  readonly #connections = new Map<string, Connection>();
  #state: 'idle' | 'running' | 'stopping' | 'stopped' = 'idle';
  #connectionCount = 0;
  #mailbox?: Mailbox;
  #allClosed?: () => void;

  constructor(
    private readonly settings: ChannelsSettings,
    private readonly layers: Layers,
  ) {}

  /** Counts the connections, pending ones included. */
  get connections(): number {
    return this.#connections.size;
  }

  /** Takes the upgrade requests of an HTTP server. */
  start(httpServer: Server): void {
    if (this.#state !== 'idle') return;
    this.#state = 'running';
    const { server, clock } = this.settings;
    const layer = this.layers.get(server.layer);
    this.#mailbox = new Mailbox(this.#address, {
      layer,
      clock,
      logger: this.#logger,
      deliver: (channel, reply) => this.#deliver(channel, reply, layer),
    });
    this.#mailbox.open();
    const host = this.#host(layer);
    httpServer.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
      this.#upgrade(request, socket, head, host),
    );
  }

  /** Refuses newcomers, closes every connection with 1001 and waits until all have ended. */
  async stop(): Promise<void> {
    if (this.#state !== 'running') return;
    this.#state = 'stopping';
    const allClosed = new Promise<void>((resolve) => (this.#allClosed = resolve));
    for (const connection of this.#connections.values()) connection.close(GOING_AWAY);
    if (this.#connections.size > 0) await allClosed;
    await this.#mailbox?.close();
    this.#state = 'stopped';
  }

  #host(layer: ChannelLayer): ConnectionHost {
    const { server, clock } = this.settings;
    const upgrader = new Upgrader(server);
    const forget = (connection: Connection): void => this.#forget(connection, layer);
    return { layer, upgrader, settings: server, clock, logger: this.#logger, forget };
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, host: ConnectionHost): void {
    // A reset while the application decides would otherwise end the process.
    socket.on('error', () => socket.destroy());
    try {
      const handshake = readHandshake(request);
      const refusal = this.#refusal(request);
      if (refusal) return refuse(socket, refusal);
      this.#connect({ request, socket, head, handshake }, host);
    } catch (error) {
      this.#refuseMalformed(socket, error);
    }
  }

  #connect(upgrade: Upgrade, host: ConnectionHost): void {
    const id = (++this.#connectionCount).toString(36);
    const connection = new Connection(this.#address + id, upgrade, host);
    this.#connections.set(id, connection);
    void connection.connect();
  }

  #refusal(request: IncomingMessage): Refusal | undefined {
    if (this.#state !== 'running') return UNAVAILABLE;
    if (isAllowedOrigin(request, this.settings.server.allowedOrigins)) return undefined;
    this.#logger.warn(
      `Refused a handshake from origin ${JSON.stringify(request.headers.origin)} with 403. ` +
        'If its pages may connect, list it in server.allowedOrigins.',
    );
    return { status: 403 };
  }

  #refuseMalformed(socket: Duplex, error: unknown): void {
    const { status, headers } =
      error instanceof InvalidHandshake ? error : { status: 500, headers: {} };
    this.#logger.warn(`Refused a handshake with ${status}: ${reasonOf(error)}`);
    refuse(socket, { status, headers });
  }

  #deliver(channel: string, reply: Reply, layer: ChannelLayer): void {
    const connection = this.#connections.get(localName(channel) ?? '');
    if (connection) return connection.answer(reply);
    // Somebody still holds a closed connection in a group: it joined after the end.
    layer.closeChannel(channel).catch((error: Error) => this.#logger.warn(error.message));
  }

  #forget({ replyChannel }: Connection, layer: ChannelLayer): void {
    this.#connections.delete(localName(replyChannel) ?? '');
    layer.closeChannel(replyChannel).catch((error: Error) => this.#logger.warn(error.message));
    if (this.#connections.size === 0) this.#allClosed?.();
  }
}
