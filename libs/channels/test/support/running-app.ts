import { type DynamicModule, type INestApplication, Module, type Provider } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { AddressInfo } from 'node:net';
import { ChannelsModule, type ChannelsModuleOptions } from 'nest-channels';
import { LogRecorder } from './log-recorder.js';
import { TestSocket, type TestSocketOptions } from './test-socket.js';

export interface AppParts {
  readonly providers?: Provider[];
  readonly controllers?: DynamicModule['controllers'];
  readonly options?: ChannelsModuleOptions;
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
    const app = await NestFactory.create(moduleOf(parts), { logger: logs, abortOnError: false });
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

function moduleOf({ providers = [], controllers = [], options }: AppParts): DynamicModule {
  @Module({})
  class AppModule {}
  return { module: AppModule, imports: [ChannelsModule.forRoot(options)], providers, controllers };
}
