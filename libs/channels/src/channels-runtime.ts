import type { Server } from 'node:http';
import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ChannelsSettings } from './channels-options.js';
import { Residents } from './connection-life/residents.js';
import type { ResidentStatistics } from './connection-life/resident-statistics.js';
import { LocalLayer } from './errors.js';
import { Gateways } from './gateways.js';
import { Layers } from './layers.js';
import { RoutingTable } from './routing-table.js';
import { exitOnNextSignal } from './second-signal.js';
import { InterfaceServer } from './server/interface-server.js';
import type { ServerStatistics } from './server/server-statistics.js';
import type { WorkerStatistics } from './worker/worker-statistics.js';
import { Worker } from './worker/worker.js';

/** Is the part a process plays; `embedded` plays those that its options leave on. */
export type Role = 'embedded' | 'server' | 'worker';

/**
 * Starts and stops what a process runs, with the Nest application it belongs to.
 *
 * States: idle → starting → running → leaving → stopping → stopped; while it is starting, it waits
 * until its layers can carry messages; while it is leaving, the application has been told to stop
 * and everything still works. An application with an HTTP server starts by itself;
 * an application context only sends, unless {@link runWorker} makes it a worker.
 */
@Injectable()
export class ChannelsRuntime
  implements
    OnModuleInit,
    OnApplicationBootstrap,
    OnModuleDestroy,
    BeforeApplicationShutdown,
    OnApplicationShutdown
{
  readonly #logger = new Logger('Channels');
  #role: Role = 'embedded';
  #state: 'idle' | 'starting' | 'running' | 'leaving' | 'stopping' | 'stopped' = 'idle';

  constructor(
    private readonly http: HttpAdapterHost,
    private readonly settings: ChannelsSettings,
    private readonly layers: Layers,
    private readonly routes: RoutingTable,
    private readonly gateways: Gateways,
    private readonly server: InterfaceServer,
    private readonly worker: Worker,
    private readonly residents: Residents,
  ) {}

  /** Is true from the end of the boot to the beginning of the shutdown. */
  get isReady(): boolean {
    return this.#state === 'running';
  }

  /** Counts what became of the messages that the worker of this process has received. */
  workerStatistics(): WorkerStatistics {
    return this.worker.statistics();
  }

  /** Counts what became of the messages of this process's consumers of life `connection`. */
  residentStatistics(): ResidentStatistics {
    return this.residents.statistics();
  }

  /** Counts the connections of this process's interface server, and what became of frames. */
  serverStatistics(): ServerStatistics {
    return this.server.statistics();
  }

  /**
   * Gives a process one role only; before its application starts.
   *
   * @throws LocalLayer `CHANNELS_LAYER_LOCAL` when a layer does not leave the process
   */
  assume(role: Exclude<Role, 'embedded'>): void {
    for (const alias of this.layers.aliases) {
      const layer = this.layers.get(alias);
      if (layer.reach === 'process') throw new LocalLayer(role, layer.name);
    }
    this.#role = role;
  }

  /** @throws InvalidConfiguration `CHANNELS_CONFIG_INVALID` */
  onModuleInit(): void {
    this.routes.build();
  }

  /** @throws ChannelsError as {@link start} does */
  async onApplicationBootstrap(): Promise<void> {
    if (this.http.httpAdapter) await this.start();
  }

  /**
   * Starts what the role asks for, as soon as the layers can carry messages.
   *
   * @throws InvalidConfiguration `CHANNELS_CONFIG_INVALID` when a worker has nothing to read
   * @throws ChannelsError as the layer that cannot says it; all of them are closed then
   */
  async start(): Promise<void> {
    if (this.#state !== 'idle') return;
    this.#state = 'starting';
    await this.#prepare();
    // It may have been told to stop meanwhile.
    if (this.#isStarting) this.#run();
  }

  /** What the code cannot do is told first: no layer that comes late would change that. */
  async #prepare(): Promise<void> {
    try {
      if (this.#runs('worker')) this.worker.select();
    } catch (error) {
      await this.layers.close();
      throw error;
    }
    await this.layers.ready();
  }

  get #isStarting(): boolean {
    return this.#state === 'starting';
  }

  #run(): void {
    this.#state = 'running';
    if (this.#runs('worker')) this.#startWorker();
    if (this.#runs('server')) this.#startServer();
  }

  /** Stops being ready; a worker on its own takes nothing more, as others will. */
  onModuleDestroy(): void {
    if (this.#state !== 'running') return;
    this.#state = 'leaving';
    if (this.#role === 'worker') this.worker.stopReceiving();
  }

  /** Ends connections before handlers and handlers before the layer, so that each is heard. */
  async beforeApplicationShutdown(signal?: string): Promise<void> {
    if (this.#isStarting) this.#state = 'stopped';
    if (this.#state !== 'running' && this.#state !== 'leaving') return;
    this.#state = 'stopping';
    if (signal !== undefined && this.#role !== 'embedded') exitOnNextSignal();
    await this.server.stop();
    await this.worker.stop({ drain: this.#role === 'embedded' });
    this.#state = 'stopped';
  }

  async onApplicationShutdown(): Promise<void> {
    await this.layers.close();
  }

  #runs(part: 'server' | 'worker'): boolean {
    return this.#role === 'embedded' ? this.settings.embedded[part] : this.#role === part;
  }

  #startServer(): void {
    for (const each of this.routes.residences) this.#logger.log(`Mapped ${each.describe()}`);
    const httpServer = this.http.httpAdapter.getHttpServer() as Server;
    this.server.start(httpServer, this.gateways.list(), this.residents);
  }

  #startWorker(): void {
    for (const route of this.routes.describe()) this.#logger.log(`Mapped ${route}`);
    this.worker.start();
  }
}
