import { type DynamicModule, type INestApplication, Module, type Provider } from '@nestjs/common';
import { type AbstractHttpAdapter, NestFactory } from '@nestjs/core';
import type { AddressInfo } from 'node:net';
import { ChannelsModule, type ChannelsModuleOptions } from 'nest-channels';
import { LogRecorder } from './log-recorder.js';
import { TestSocket, type TestSocketOptions } from './test-socket.js';

export interface AppParts {
  readonly providers?: Provider[];
  readonly imports?: DynamicModule['imports'];
  readonly controllers?: DynamicModule['controllers'];
  readonly options?: ChannelsModuleOptions;
  /** Makes what serves HTTP; Express if absent. */
  readonly adapter?: () => AbstractHttpAdapter;
  /** Runs before the application listens. */
  readonly prepare?: (app: INestApplication) => void;
}

const running = new Set<RunningApp>();

/** Is a Nest application with channels, listening on a free port. */
export class RunningApp {
  private constructor(
    readonly app: INestApplication,
    readonly logs: LogRecorder,
  ) {}

  static async start(parts: AppParts): Promise<RunningApp> {
    const logs = new LogRecorder();
    const options = { logger: logs, abortOnError: false };
    const app = parts.adapter
      ? await NestFactory.create(moduleOf(parts), parts.adapter(), options)
      : await NestFactory.create(moduleOf(parts), options);
    parts.prepare?.(app);
    const started = new RunningApp(app, logs);
    running.add(started);
    await app.listen(0, '127.0.0.1');
    return started;
  }

  get port(): number {
    return (this.app.getHttpServer().address() as AddressInfo).port;
  }

  socket(path: string, options?: TestSocketOptions): TestSocket {
    return new TestSocket(`ws://127.0.0.1:${this.port}${path}`, options);
  }

  /** Connects and waits until the connection is open. */
  async open(path: string, options?: TestSocketOptions): Promise<TestSocket> {
    const socket = this.socket(path, options);
    await socket.opened;
    return socket;
  }

  async stop(): Promise<void> {
    running.delete(this);
    await this.app.close();
  }
}

/** Stops what a test left running; for `afterEach`. */
export async function stopApps(): Promise<void> {
  await Promise.all([...running].map((app) => app.stop()));
}

function moduleOf(parts: AppParts): DynamicModule {
  @Module({})
  class AppModule {}
  const { providers = [], controllers = [], imports = [], options } = parts;
  const channels = ChannelsModule.forRoot(options);
  return { module: AppModule, imports: [channels, ...imports], providers, controllers };
}
