import { Injectable, type INestApplicationContext, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ManualClock } from '@nest-channels/core';
import {
  Channels,
  ChannelsModule,
  Consumer,
  Consumers,
  type Message,
  Msg,
  WorkerEvents,
} from 'nest-channels';
import type { ChannelsModuleOptions } from '../../src/channels-options.js';
import { Worker } from '../../src/worker/worker.js';
import { deferred } from './deferred.js';
import { FaultyLayer } from './faulty-layer.js';
import { Inbox } from './inbox.js';
import { LogRecorder } from './log-recorder.js';

/** Is a message that is being handled until the test ends it. */
export interface Job {
  readonly layer: string;
  readonly message: Message;
  /** Ends its handler, which does something last. */
  end(last?: () => Promise<void>): void;
}

type Options = Pick<ChannelsModuleOptions, 'worker' | 'server'>;

const started = new Set<WorkerBench>();

/** Is a worker in an application context, on the layers "default" and "bulk". */
export class WorkerBench {
  readonly clock = new ManualClock();
  readonly logs = new LogRecorder();
  readonly default = new FaultyLayer(this.clock);
  readonly bulk = new FaultyLayer(this.clock);
  /** Collects the messages whose handling has begun. */
  readonly jobs = new Inbox<Job>();
  readonly running = new Set<Job>();
  #app: INestApplicationContext;

  /** Makes a worker that handles `routes`, by layer, and has not started. */
  static async create(
    routes: Readonly<Record<string, readonly string[]>>,
    options: Options = {},
  ): Promise<WorkerBench> {
    const bench = new WorkerBench();
    started.add(bench);
    await bench.#boot(routes, options);
    return bench;
  }

  get worker(): Worker {
    return this.#app.get(Worker, { strict: false });
  }

  get channels(): Channels {
    return this.#app.get(Channels, { strict: false });
  }

  get events(): WorkerEvents {
    return this.#app.get(WorkerEvents, { strict: false });
  }

  /** Ends every message that is being handled. */
  endJobs(): void {
    for (const job of this.running) job.end();
  }

  /** Stops worker and application, whatever still runs. */
  async close(): Promise<void> {
    started.delete(this);
    const stopped = this.worker.stop();
    this.clock.advance(1_000_000);
    await stopped;
    this.endJobs();
    await this.#app.close();
  }

  async #boot(routes: Readonly<Record<string, readonly string[]>>, options: Options) {
    const layers = { default: this.default, bulk: this.bulk };
    const imports = [ChannelsModule.forRoot({ ...options, layers, clock: this.clock })];
    const providers = Object.entries(routes).map((each) => this.#consumers(...each));
    @Module({ imports, providers })
    class AppModule {}
    const logging = { logger: this.logs, abortOnError: false };
    this.#app = await NestFactory.createApplicationContext(AppModule, logging);
  }

  #consumers(layer: string, channels: readonly string[]): Type {
    const handle = (message: Message): Promise<void> => this.#handle(layer, message);
    @Injectable()
    @Consumers({ layer })
    class Handlers {
      @Consumer(channels)
      handle(@Msg() message: Message) {
        return handle(message);
      }
    }
    return Handlers;
  }

  async #handle(layer: string, message: Message): Promise<void> {
    const gate = deferred<(() => Promise<void>) | undefined>();
    const job: Job = { layer, message, end: (last) => gate.resolve(last) };
    this.running.add(job);
    this.jobs.push(job);
    const last = await gate.promise;
    await last?.();
    this.running.delete(job);
  }
}

/** Closes what a test left and returns how many timers are still set; for `afterEach`. */
export async function closeWorkers(): Promise<number> {
  const benches = [...started];
  await Promise.all(benches.map((bench) => bench.close()));
  return benches.reduce((sum, { clock }) => sum + clock.timers, 0);
}
