import { type Content, ManualClock } from '@nest-channels/core';
import { Logger } from '@nestjs/common';
import { ChannelsSettings } from '../../src/channels-options.js';
import { SERVER_DEFAULTS, type ServerOptions } from '../../src/server-options.js';
import { Connection, type ConnectionHost } from '../../src/server/connection.js';
import { ConnectionLog } from '../../src/server/connection-log.js';
import { Farewells } from '../../src/server/farewells.js';
import { readHandshake } from '../../src/server/handshake.js';
import { TrustedProxies } from '../../src/server/trusted-proxies.js';
import { readReply } from '../../src/server/reply-reader.js';
import { Upgrader } from '../../src/server/upgrader.js';
import { WriteBatch } from '../../src/server/write-batch.js';
import { FaultyLayer } from './faulty-layer.js';
import { Inbox } from './inbox.js';
import type { LogRecorder } from './log-recorder.js';
import type { RawClient } from './raw-client.js';
import { nextContent, waitingContents } from './reading.js';
import { recordLogs } from './recorded-logs.js';
import { settled } from './settled.js';
import type { TestSocket, TestSocketOptions } from './test-socket.js';
import { stopUpgradeServers, UpgradeServer } from './upgrade-server.js';

export const REPLY_CHANNEL = 'server.test!1';

const running = new Set<ConnectionBench>();

/** Is all that a connection lives on, with the test in the place of the application. */
export class ConnectionBench {
  readonly clock = new ManualClock();
  readonly layer = new FaultyLayer(this.clock);
  readonly logs: LogRecorder = recordLogs();
  /** Are the reply channels of the connections that have ended, each as often as it said so. */
  readonly forgotten: string[] = [];
  /** Counts the frames that were dropped. */
  dropped = 0;
  /** Counts the frames that the layer did not take. */
  lost = 0;
  isStopping = false;
  readonly #ends = new Inbox<Connection>();
  readonly #host: ConnectionHost;

  private constructor(
    readonly server: UpgradeServer,
    options: ServerOptions,
  ) {
    const settings = new ChannelsSettings({ server: options }).server;
    this.#host = {
      layer: this.layer,
      clock: this.clock,
      settings,
      upgrader: new Upgrader(settings),
      log: new ConnectionLog(new Logger('InterfaceServer'), settings),
      batch: new WriteBatch(),
      farewells: new Farewells(this.layer, this.clock),
      frameDropped: () => this.dropped++,
      frameLost: () => this.lost++,
      isStopping: () => this.isStopping,
      forget: (connection) => {
        this.forgotten.push(connection.replyChannel);
        this.#ends.push(connection);
      },
    };
  }

  static async start(options: ServerOptions = {}): Promise<ConnectionBench> {
    const bench = new ConnectionBench(await UpgradeServer.start(), options);
    running.add(bench);
    return bench;
  }

  /** Makes the connection of the next handshake; it has not asked the application yet. */
  async arrival(early?: Buffer): Promise<Connection> {
    const arrived = await this.server.next();
    const peer = new TrustedProxies([]).peerOf(arrived.request) ?? { client: null, scheme: 'ws' };
    const handshake = readHandshake(arrived.request, SERVER_DEFAULTS, peer);
    const head = early ?? arrived.head;
    return new Connection(REPLY_CHANNEL, { ...arrived, handshake, head }, this.#host);
  }

  /** Connects a client that speaks bytes; the connection waits for its answer. */
  async raw(path = '/path'): Promise<{ client: RawClient; connection: Connection }> {
    const client = await this.server.rawClient();
    client.handshake(path);
    const connection = await this.arrival();
    await connection.connect();
    return { client, connection };
  }

  /** Connects a WebSocket client; the connection waits for its answer. */
  async connecting(
    path = '/path',
    options?: TestSocketOptions,
  ): Promise<{ client: TestSocket; connection: Connection }> {
    const client = this.server.webSocket(path, options);
    const connection = await this.arrival();
    await connection.connect();
    return { client, connection };
  }

  /** Connects a WebSocket client that is accepted. */
  async open(path?: string): Promise<{ client: TestSocket; connection: Connection }> {
    const opened = await this.connecting(path);
    tell(opened.connection, { accept: true });
    await opened.client.opened;
    return opened;
  }

  /** Resolves when the next connection has ended. */
  end(): Promise<Connection> {
    return this.#ends.next();
  }

  /** Resolves with the next content of a channel of the sockets. */
  next(event: 'connect' | 'receive' | 'disconnect'): Promise<Content> {
    return nextContent(this.layer, `websocket.${event}`);
  }

  /** Takes what has been sent to a channel of the sockets. */
  async sent(event: 'connect' | 'receive' | 'disconnect'): Promise<Content[]> {
    await settled();
    return waitingContents(this.layer, `websocket.${event}`);
  }
}

/** Hands a connection what its reply channel was sent. */
export function tell(connection: Connection, content: Content): void {
  connection.answer(readReply(content));
}

/** Stops what a test left running and returns how many timers are still set; for `afterEach`. */
export async function stopBenches(): Promise<number> {
  await stopUpgradeServers();
  const timers = [...running].map(({ clock }) => clock.timers);
  running.clear();
  return timers.reduce((sum, count) => sum + count, 0);
}
