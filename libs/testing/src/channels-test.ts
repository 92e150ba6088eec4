import type { INestApplication, Type } from '@nestjs/common';
import { type ChannelLayer, Channels, ChannelsRuntime, type Role } from 'nest-channels';
import type { ApplicationParts } from './application-parts.js';
import { type ChannelsTestingOptions, Custody } from './custody.js';
import { TestingModuleMissing, WorkerRunning } from './errors.js';
import type { Faults } from './faults.js';
import { Client } from './client.js';
import { HandWorker } from './hand-worker.js';
import { HttpClient } from './http-client.js';
import { LiveServer } from './live-server.js';
import { memoryFetch } from './memory-fetch.js';
import type { SessionLoginOptions } from './session-login.js';
import { TestedProcess } from './tested-process.js';
import { Visitor } from './visitor.js';
import type { WebSocketCommunicator } from './web-socket-communicator.js';
import type { WebSocketOptions } from './web-socket-options.js';
import { WsClient, type WsClientOptions } from './ws-client.js';
import { World } from './world.js';

/** Is what a test says of its application. */
export interface ChannelsTestOptions extends ApplicationParts, ChannelsTestingOptions {}

/**
 * Is an application under test, in one process and without a port.
 *
 * Interface server, worker and HTTP pipeline are the real ones; layers, network and time are in the
 * hands of the test.
 */
export class ChannelsTest {
  readonly #hand?: HandWorker;

  private constructor(
    private readonly process: TestedProcess,
    private readonly world: World,
    private readonly options: ChannelsTestingOptions,
  ) {
    if (isByHand(options)) this.#hand = new HandWorker(process.app);
  }

  /** Starts an application; {@link createChannelsTest} is the short form. */
  static async start(options: ChannelsTestOptions): Promise<ChannelsTest> {
    const world = new World(options);
    try {
      const process = await TestedProcess.start(options, roleOf(options), world);
      return new ChannelsTest(process, world, options);
    } catch (error) {
      await world.close();
      throw error;
    }
  }

  /**
   * Starts an application that has `ChannelsTestingModule` among its modules, unless it runs.
   *
   * It is this test that has to be closed, not the application.
   *
   * @throws TestingModuleMissing `CHANNELS_TEST_MODULE_MISSING`
   * @throws WorkerRunning `CHANNELS_TEST_WORKER_RUNNING` for one that runs, with `worker: 'by hand'`
   */
  static async of(app: INestApplication): Promise<ChannelsTest> {
    const { world, options } = custodyOf(app);
    const { isReady } = app.get(ChannelsRuntime, { strict: false });
    if (isReady && isByHand(options)) throw new WorkerRunning();
    return new ChannelsTest(await TestedProcess.of(app, roleOf(options), world), world, options);
  }

  /** Is the application, which has been started and does not listen. */
  get app(): INestApplication {
    return this.process.app as INestApplication;
  }

  /** Is where channels and groups come from. */
  get channels(): Channels {
    return this.get(Channels);
  }

  /** Are the faults of the layers, to switch on and off. */
  get faults(): Faults {
    return this.world.faults;
  }

  /**
   * Is what consumes messages one by one.
   *
   * @throws WorkerRunning `CHANNELS_TEST_WORKER_RUNNING` unless the test has `worker: 'by hand'`
   */
  get hand(): HandWorker {
    if (!this.#hand) throw new WorkerRunning();
    return this.#hand;
  }

  /** Returns a provider of the application, wherever it is. */
  get<T>(type: Type<T>): T {
    return this.process.get(type);
  }

  /** Returns the layer of an alias, to look into. */
  layer(alias?: string): ChannelLayer {
    return this.channels.layer(alias);
  }

  /** Returns a client that has yet to connect. */
  webSocket(path: string, options: WebSocketOptions = {}): WebSocketCommunicator {
    return this.world.webSocket(this.process.httpServer, path, options);
  }

  /** Is where the application keeps sessions, if the test has said so. */
  get sessions(): SessionLoginOptions | undefined {
    return this.options.sessions;
  }

  /** Returns somebody's browser, which takes its cookies along to controllers and sockets. */
  visitor(): Visitor {
    return new Visitor(this);
  }

  /** Returns a client of any channel, that consumes by hand. */
  client(): Client {
    return new Client(this);
  }

  /** Returns a client that makes the messages of one WebSocket, and consumes them by hand. */
  wsClient(options: WsClientOptions = {}): WsClient {
    return new WsClient(this, options);
  }

  /** Returns a client that makes HTTP requests through the layer, and consumes them by hand. */
  httpClient(): HttpClient {
    return new HttpClient(this);
  }

  /** Asks a controller of the application, as `fetch` does, but over no network. */
  fetch(path: string, init?: RequestInit): Promise<Response> {
    return memoryFetch(this.world.network, this.process.httpServer, path, init);
  }

  /**
   * Resolves when nothing goes on any more without time passing or new input.
   *
   * @throws TestTimeout `CHANNELS_TEST_TIMEOUT`, for instance while a handler hangs
   */
  idle(): Promise<void> {
    return this.world.idle();
  }

  /** Resolves when all that waits in the channels has been handled, and all that comes of it. */
  async drain(): Promise<void> {
    do await this.idle();
    while ((await this.#drained()) > 0);
  }

  /** Moves time on, in steps of a second, and lets everything happen that is due meanwhile. */
  advance(ms: number): Promise<void> {
    return this.world.advance(ms);
  }

  /** Lets the application listen on a free port, for browsers and other real clients. */
  liveServer(): Promise<LiveServer> {
    return LiveServer.listen(this.app);
  }

  /** Stops the application; disconnect handlers of open connections run. */
  async close(): Promise<void> {
    await this.process.stop();
    await this.world.close();
  }

  async #drained(): Promise<number> {
    let drained = 0;
    for (const alias of this.world.layers.aliases) drained += (await this.#hand?.drain(alias)) ?? 0;
    return drained;
  }
}

function isByHand({ worker }: ChannelsTestingOptions): boolean {
  return worker === 'by hand';
}

/** Whoever consumes by hand is the worker of a server. */
function roleOf(options: ChannelsTestingOptions): Role {
  return isByHand(options) ? 'server' : 'embedded';
}

function custodyOf(app: INestApplication): Custody {
  try {
    return app.get(Custody, { strict: false });
  } catch (cause) {
    throw new TestingModuleMissing(cause);
  }
}

/**
 * Starts an application for a test, in memory: its layers, its network and its time.
 *
 * `imports` may hold the application's root module as it is; a test of single parts lists modules or
 * providers, and gets `ChannelsModule` with them. Close it after the test.
 *
 * @throws InvalidConfiguration `CHANNELS_CONFIG_INVALID`
 */
export function createChannelsTest(options: ChannelsTestOptions = {}): Promise<ChannelsTest> {
  return ChannelsTest.start(options);
}
