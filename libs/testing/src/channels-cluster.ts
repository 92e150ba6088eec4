import { type ChannelLayer, Channels } from 'nest-channels';
import type { ApplicationParts } from './application-parts.js';
import type { Faults } from './faults.js';
import { memoryFetch } from './memory-fetch.js';
import { TestedProcess } from './tested-process.js';
import type { WebSocketCommunicator } from './web-socket-communicator.js';
import type { WebSocketOptions } from './web-socket-options.js';
import { World, type WorldOptions } from './world.js';

/** Is what a test says of an application that runs as several processes. */
export interface ChannelsClusterOptions extends ApplicationParts, WorldOptions {
  /** Is how many server processes it has; 1 if absent. */
  readonly servers?: number;
  /** Is how many worker processes it has; 1 if absent. */
  readonly workers?: number;
}

/**
 * Is an application under test, split into servers and workers over one layer in memory.
 *
 * Each has an application of its own, as a process would; all live in the process of the test.
 */
export class ChannelsCluster {
  readonly #world: World;
  readonly #servers: TestedProcess[] = [];
  readonly #workers: TestedProcess[] = [];
  #turn = 0;

  private constructor(private readonly options: ChannelsClusterOptions) {
    this.#world = new World(options);
  }

  /** Starts servers and workers; {@link createChannelsCluster} is the short form. */
  static async start(options: ChannelsClusterOptions): Promise<ChannelsCluster> {
    const cluster = new ChannelsCluster(options);
    try {
      for (let count = 0; count < (options.servers ?? 1); count++) await cluster.startServer();
      for (let count = 0; count < (options.workers ?? 1); count++) await cluster.startWorker();
    } catch (error) {
      await cluster.close();
      throw error;
    }
    return cluster;
  }

  /** Are the server processes that were started, in that order. */
  get servers(): readonly TestedProcess[] {
    return this.#servers;
  }

  /** Are the worker processes that were started, in that order. */
  get workers(): readonly TestedProcess[] {
    return this.#workers;
  }

  /** Are the faults of the layers, to switch on and off. */
  get faults(): Faults {
    return this.#world.faults;
  }

  /** Is where channels and groups come from, as the first server sees them. */
  get channels(): Channels {
    return this.#servers[0].get(Channels);
  }

  /** Returns the layer of an alias, to look into. */
  layer(alias?: string): ChannelLayer {
    return this.channels.layer(alias);
  }

  /** Starts one more server process. */
  async startServer(): Promise<TestedProcess> {
    return this.#start('server', this.#servers);
  }

  /** Starts one more worker process. */
  async startWorker(): Promise<TestedProcess> {
    return this.#start('worker', this.#workers);
  }

  /** Returns a client that has yet to connect; servers take turns unless one is named. */
  webSocket(
    path: string,
    options: WebSocketOptions & { readonly server?: TestedProcess } = {},
  ): WebSocketCommunicator {
    const { httpServer } = options.server ?? this.#nextServer();
    return this.#world.webSocket(httpServer, path, options);
  }

  /** Asks a controller of one of the servers, as `fetch` does, but over no network. */
  fetch(path: string, init?: RequestInit): Promise<Response> {
    return memoryFetch(this.#world.network, this.#nextServer().httpServer, path, init);
  }

  /**
   * Resolves when nothing goes on any more without time passing or new input.
   *
   * @throws TestTimeout `CHANNELS_TEST_TIMEOUT`, for instance while a handler hangs
   */
  idle(): Promise<void> {
    return this.#world.idle();
  }

  /** Moves time on, in steps of a second, and lets everything happen that is due meanwhile. */
  advance(ms: number): Promise<void> {
    return this.#world.advance(ms);
  }

  /** Stops the servers, then the workers. */
  async close(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.stop()));
    await Promise.all(this.#workers.map((worker) => worker.stop()));
    await this.#world.close();
  }

  async #start(role: 'server' | 'worker', list: TestedProcess[]): Promise<TestedProcess> {
    const process = await TestedProcess.start(this.options, role, this.#world);
    list.push(process);
    return process;
  }

  #nextServer(): TestedProcess {
    const running = this.#servers.filter((server) => server.isRunning);
    return running[this.#turn++ % running.length];
  }
}

/**
 * Starts an application as several servers and workers for a test, over one layer in memory.
 *
 * @throws InvalidConfiguration `CHANNELS_CONFIG_INVALID`
 */
export function createChannelsCluster(
  options: ChannelsClusterOptions = {},
): Promise<ChannelsCluster> {
  return ChannelsCluster.start(options);
}
