import { randomBytes } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ChannelLayer, type Content, localName } from '@nest-channels/core';
import { Injectable, Logger } from '@nestjs/common';
import { ChannelsSettings } from '../channels-options.js';
import { Layers } from '../layers.js';
import { SERVER_ADDRESS } from '../server-options.js';
import { Connection, type ConnectionHost } from './connection.js';
import { ConnectionLog } from './connection-log.js';
import { drain } from './drain.js';
import { Entrance } from './entrance.js';
import { Farewells } from './farewells.js';
import { type ForeignPath, ForeignPaths } from './foreign-paths.js';
import { Heartbeat } from './heartbeat.js';
import type { Housing, HousingLine } from './housing.js';
import { Mailbox } from './mailbox.js';
import type { Upgrade } from './opening.js';
import { loweredLimits, withinProcess } from './process-limits.js';
import { readReply, type Reply } from './reply-reader.js';
import type { ServerStatistics } from './server-statistics.js';
import { takeUpgrades } from './upgrade-listeners.js';
import { Upgrader } from './upgrader.js';
import { WriteBatch } from './write-batch.js';

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
  readonly #address = `${SERVER_ADDRESS}${randomBytes(16).toString('base64url')}!`;
  readonly #connections = new Map<string, Connection>();
  #state: 'idle' | 'running' | 'stopping' | 'stopped' = 'idle';
  #connectionCount = 0;
  #framesDropped = 0;
  #framesLost = 0;
  #mailbox?: Mailbox;
  #farewells?: Farewells;
  #line?: HousingLine;
  /** Is the host of connections whose consumers live in this process. */
  #housed?: ConnectionHost;
  #entrance?: Entrance;
  readonly #heartbeat: Heartbeat;
  #allClosed?: () => void;
  #stopped?: Promise<void>;

  constructor(
    private readonly settings: ChannelsSettings,
    private readonly layers: Layers,
  ) {
    this.#heartbeat = new Heartbeat(settings.clock, () => this.#connections.values());
  }

  /** Counts the connections, pending ones included. */
  get connections(): number {
    return this.#connections.size;
  }

  /** Returns what it has counted. */
  statistics(): ServerStatistics {
    return {
      connections: this.#connections.size,
      framesDropped: this.#framesDropped,
      framesLost: this.#framesLost,
    };
  }

  /** Takes the upgrade requests of an HTTP server, but those of foreign paths. */
  start(httpServer: Server, foreignPaths: readonly ForeignPath[] = [], housing?: Housing): void {
    if (this.#state !== 'idle') return;
    this.#state = 'running';
    const { server, clock } = this.settings;
    const layer = this.layers.get(server.layer);
    this.#mailbox = new Mailbox(this.#address, {
      layer,
      clock,
      logger: this.#logger,
      deliver: (channel, reply) => this.#deliver(channel, reply, layer),
      deliverEvent: (channel, event) => this.#deliverEvent(channel, event, layer),
    });
    this.#mailbox.open();
    this.#heartbeat.start();
    const host = this.#host(layer);
    this.#line = housing?.open((channel, reply) => this.#speak(channel, reply));
    if (this.#line) this.#housed = this.#housedHost(host, this.#line);
    this.#entrance = this.#entranceOf(httpServer);
    this.#listen(httpServer, foreignPaths, host);
  }

  /**
   * Refuses newcomers and closes every connection with 1012, spread over `drainMs`.
   *
   * Resolves when all have ended and their disconnects have been sent, however often it is called.
   */
  async stop(): Promise<void> {
    if (this.#state === 'idle') return;
    await (this.#stopped ??= this.#stop());
  }

  async #stop(): Promise<void> {
    this.#state = 'stopping';
    this.#entrance?.close();
    const { clock, server } = this.settings;
    await drain(this.#connections, { clock, drainMs: server.drainMs });
    await this.#ended();
    this.#heartbeat.stop();
    await this.#farewells?.idle();
    await this.#line?.idle();
    this.#line?.close();
    await this.#mailbox?.close();
    this.#state = 'stopped';
  }

  async #ended(): Promise<void> {
    if (this.#connections.size === 0) return;
    await new Promise<void>((resolve) => (this.#allClosed = resolve));
  }

  #host(layer: ChannelLayer): ConnectionHost {
    const { server, clock } = this.settings;
    const farewells = new Farewells(layer, clock);
    this.#farewells = farewells;
    return {
      layer,
      settings: server,
      clock,
      farewells,
      log: new ConnectionLog(this.#logger, server),
      upgrader: new Upgrader(server),
      batch: new WriteBatch(),
      frameDropped: () => this.#framesDropped++,
      frameLost: () => this.#framesLost++,
      isStopping: () => this.#state === 'stopping',
      forget: (connection) => this.#forget(connection, layer),
    };
  }

  /** Speaks to the consumer that lives with the connection, where others speak to the layer. */
  #housedHost(host: ConnectionHost, line: HousingLine): ConnectionHost {
    return {
      ...host,
      layer: line,
      farewells: new Farewells(line, this.settings.clock),
      forget: (connection, ending) => {
        if (ending === 'refused') line.refused(connection.replyChannel);
        host.forget(connection, ending);
      },
    };
  }

  #entranceOf(httpServer: Server): Entrance {
    const { server, clock } = this.settings;
    const settings = withinProcess(server, httpServer);
    for (const line of loweredLimits(server, settings)) this.#logger.warn(line);
    return new Entrance({ settings, clock, logger: this.#logger });
  }

  #listen(httpServer: Server, others: readonly ForeignPath[], host: ConnectionHost): void {
    const listed = this.settings.server.foreignPaths.map((path): ForeignPath => {
      return { path, extent: 'all below' };
    });
    const foreign = new ForeignPaths([...others, ...listed]);
    const count = takeUpgrades(httpServer, foreign, (request, socket, head) =>
      this.#upgrade(request, socket, head, host),
    );
    if (count === 0 || !foreign.isEmpty) return;
    this.#logger.warn(
      'Another listener for upgrade requests was there before the interface server and hears of ' +
        'none any more. List its paths in server.foreignPaths.',
    );
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, host: ConnectionHost): void {
    // A reset while the application decides would otherwise end the process.
    socket.on('error', () => socket.destroy());
    const entry = this.#entrance?.receive(request, socket);
    if (entry) this.#connect({ request, socket, head, ...entry }, host);
  }

  #connect(upgrade: Upgrade, host: ConnectionHost): void {
    const id = (++this.#connectionCount).toString(36);
    const isHoused = this.#line?.houses(upgrade.handshake) ?? false;
    const own = isHoused && this.#housed ? this.#housed : host;
    const connection = new Connection(this.#address + id, upgrade, own);
    this.#connections.set(id, connection);
    void connection.connect();
  }

  #speak(channel: string, reply: Content): void {
    this.#connections.get(localName(channel) ?? '')?.answer(readReply(reply));
  }

  #deliver(channel: string, reply: Reply, layer: ChannelLayer): void {
    const connection = this.#connections.get(localName(channel) ?? '');
    if (connection) connection.answer(reply);
    // Somebody still holds a closed connection in a group: it joined after the end.
    else this.#closeChannel(channel, layer);
  }

  /** Leads an event to who lives with the connection, or else to the workers. */
  #deliverEvent(channel: string, event: Content, layer: ChannelLayer): void {
    if (this.#line?.tell(channel, event)) return;
    const connection = this.#connections.get(localName(channel) ?? '');
    if (connection) void connection.forward(event);
    else this.#closeChannel(channel, layer);
  }

  #closeChannel(channel: string, layer: ChannelLayer): void {
    layer.closeChannel(channel).catch((error: Error) => this.#logger.warn(stillMember(error)));
  }

  #forget({ replyChannel }: Connection, layer: ChannelLayer): void {
    this.#connections.delete(localName(replyChannel) ?? '');
    this.#closeChannel(replyChannel, layer);
    if (this.#connections.size === 0) this.#allClosed?.();
  }
}

/** Says what an ended connection that could not leave its groups means. */
function stillMember({ message }: Error): string {
  return `An ended WebSocket stays in its groups until it is sent something: ${message}`;
}
