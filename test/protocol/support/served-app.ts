import type { AddressInfo, Server, Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import { type DynamicModule, type INestApplication, Module, type Provider } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ChannelsModule, type ChannelsModuleOptions } from 'nest-channels';
import { AppModule as DemoModule } from '../../../apps/demo/src/app.module.js';
import { LogRecorder } from '../../../libs/channels/test/support/log-recorder.js';
import { endClients, handshake, type HandshakeOptions, ProtocolClient } from './protocol-client.js';

/** Is how many turns of the event loop a server in this process has to react to what it read. */
const TURNS = 20;

/** Is how many turns are waited for what has to come; a loop without an end would outlive its test. */
const MAX_TURNS = 1_000_000;

/** Is what an application that serves TLS is made of. */
export interface TlsOptions {
  readonly key: string;
  readonly cert: string;
  readonly SNICallback?: SniCallback;
}

type SniCallback = (name: string, done: (error: Error, context?: SecureContext) => void) => void;

export interface AppOptions {
  readonly httpsOptions?: TlsOptions;
  /** Runs before the application listens. */
  readonly prepare?: (app: INestApplication) => void;
}

const running = new Set<ServedApp>();

/** Is a Nest application in this process, behind a real port. */
export class ServedApp {
  readonly #sockets = new Map<number, Socket>();

  private constructor(
    readonly app: INestApplication,
    readonly logs: LogRecorder,
    private readonly isTls: boolean,
  ) {
    this.#server.on('connection', (socket: Socket) => {
      const port = socket.remotePort ?? 0;
      this.#sockets.set(port, socket);
      socket.once('close', () => this.#sockets.delete(port));
    });
  }

  static async start(
    module: DynamicModule | (new () => unknown),
    { prepare, httpsOptions }: AppOptions = {},
  ): Promise<ServedApp> {
    const logger = new LogRecorder();
    const app = await NestFactory.create(module, { logger, abortOnError: false, httpsOptions });
    prepare?.(app);
    const served = new ServedApp(app, logger, httpsOptions !== undefined);
    running.add(served);
    await app.listen(0, '127.0.0.1');
    return served;
  }

  /** Starts the demo with the limits that ship. */
  static demo(): Promise<ServedApp> {
    return ServedApp.start(DemoModule);
  }

  /** Starts an application of some consumers. */
  static of(
    providers: Provider[],
    options?: ChannelsModuleOptions,
    parts?: AppOptions,
  ): Promise<ServedApp> {
    return ServedApp.start(moduleOf(providers, options), parts);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Counts the TCP connections it holds. */
  get sockets(): number {
    return this.#sockets.size;
  }

  get #server(): Server {
    return this.app.getHttpServer() as Server;
  }

  /** Connects and shakes hands; rejects when it is refused. */
  async open(path: string, options?: HandshakeOptions): Promise<ProtocolClient> {
    const client = await this.connect();
    client.write(handshake(path, options));
    const { status, text } = await client.answer();
    if (status !== 101) throw new Error(`refused: ${text}`);
    return client;
  }

  /** Connects, over TLS if that is what it serves. */
  connect(): Promise<ProtocolClient> {
    if (!this.isTls) return ProtocolClient.connect(this.port);
    return ProtocolClient.connectTls(this.port, { rejectUnauthorized: false });
  }

  /** Resolves when the server has read all that a client wrote, and has had its turns. */
  async hasRead(client: ProtocolClient): Promise<void> {
    const { socket } = client;
    const end = this.#sockets.get(socket.localPort ?? 0);
    if (end) await until(() => client.isOver || end.bytesRead >= socket.bytesWritten);
    for (let count = 0; count < TURNS && !client.isOver; count++) await turn();
  }

  /** Counts the bytes that the network has not taken yet for a client. */
  waitingFor({ socket }: ProtocolClient): number {
    return this.#sockets.get(socket.localPort ?? 0)?.writableLength ?? 0;
  }

  async stop(): Promise<void> {
    running.delete(this);
    await this.app.close();
  }
}

/** Ends what the tests of a file left open; for `afterAll`. */
export async function stopServedApps(): Promise<void> {
  await endClients();
  await Promise.all([...running].map((app) => app.stop()));
}

/** Resolves when a condition holds; rejects when it never seems to. */
export async function until(condition: () => boolean): Promise<void> {
  for (let count = 0; !condition(); count++) {
    if (count > MAX_TURNS) throw new Error(`never came true: ${condition.toString()}`);
    await turn();
  }
}

/** Resolves after one turn of the event loop. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

export function moduleOf(providers: Provider[], options?: ChannelsModuleOptions): DynamicModule {
  @Module({})
  class AppModule {}
  return { module: AppModule, imports: [ChannelsModule.forRoot(options)], providers };
}
