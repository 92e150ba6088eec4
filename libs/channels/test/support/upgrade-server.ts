import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Inbox } from './inbox.js';
import { RawClient } from './raw-client.js';
import { TestSocket, type TestSocketOptions } from './test-socket.js';

/** Is an upgrade request as Node hands it over. */
export interface ArrivedUpgrade {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
}

const running = new Set<UpgradeServer>();

/** Is an HTTP server on a free port that leaves its upgrade requests to the test. */
export class UpgradeServer {
  readonly #upgrades = new Inbox<ArrivedUpgrade>();
  /** Are the server's ends of all connections, in the order they came. */
  readonly sockets: Socket[] = [];
  readonly #ends: Promise<unknown>[] = [];

  private constructor(readonly http: Server) {
    http.on('connection', (socket) => {
      this.sockets.push(socket);
      this.#ends.push(new Promise((resolve) => socket.once('close', resolve)));
    });
    http.on('upgrade', (request, socket, head) => {
      socket.on('error', () => socket.destroy());
      this.#upgrades.push({ request, socket, head });
    });
  }

  /** Starts the server; a test that brings its own takes upgrade requests beside this one. */
  static async start(http = createServer(), listenOn: string | number = 0): Promise<UpgradeServer> {
    const server = new UpgradeServer(http);
    running.add(server);
    if (typeof listenOn === 'string') http.listen(listenOn);
    else http.listen(listenOn, '127.0.0.1');
    await once(http, 'listening');
    return server;
  }

  get port(): number {
    return (this.http.address() as AddressInfo).port;
  }

  /** Resolves with the next upgrade request. */
  next(): Promise<ArrivedUpgrade> {
    return this.#upgrades.next();
  }

  /** Connects a client that speaks whatever a test wants. */
  async rawClient(): Promise<RawClient> {
    const client = await RawClient.connect(this.port);
    this.#ends.push(client.ended);
    return client;
  }

  /** Connects a WebSocket client. */
  webSocket(path = '/', options?: TestSocketOptions): TestSocket {
    const socket = new TestSocket(`ws://127.0.0.1:${this.port}${path}`, options);
    this.#ends.push(socket.closed);
    return socket;
  }

  async stop(): Promise<void> {
    running.delete(this);
    const closed = once(this.http, 'close');
    this.http.close();
    for (const socket of this.sockets) socket.destroy();
    await Promise.all([closed, ...this.#ends]);
  }
}

/** Stops what a test left running, its clients included; for `afterEach`. */
export async function stopUpgradeServers(): Promise<void> {
  await Promise.all([...running].map((server) => server.stop()));
}
