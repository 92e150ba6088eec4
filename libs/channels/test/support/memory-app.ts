import type { Provider, Type } from '@nestjs/common';
import {
  type ChannelsTest,
  createChannelsTest,
  type Frame,
  type TestedOptions,
  type WebSocketCommunicator,
} from '@nest-channels/testing';
import { LogRecorder } from './log-recorder.js';

const running = new Set<MemoryApp>();

/** Is an application of consumers that the test kit leads in memory, with what it logs. */
export class MemoryApp {
  private constructor(
    readonly test: ChannelsTest,
    readonly logs: LogRecorder,
  ) {}

  static async start(
    providers: readonly Provider[],
    options: TestedOptions = {},
  ): Promise<MemoryApp> {
    const logger = new LogRecorder();
    const test = await createChannelsTest({ providers: [...providers], options, logger });
    const started = new MemoryApp(test, logger);
    running.add(started);
    return started;
  }

  get<T>(type: Type<T>): T {
    return this.test.get(type);
  }

  /** Returns a client that has yet to connect. */
  socket(path: string): WebSocketCommunicator {
    return this.test.webSocket(path);
  }

  /** Connects; rejects when it is refused. */
  async open(path: string): Promise<WebSocketCommunicator> {
    const socket = this.socket(path);
    const connected = await socket.connect();
    if (!connected.accepted) throw new Error(`refused with ${connected.status}`);
    return socket;
  }

  async stop(): Promise<void> {
    running.delete(this);
    await this.test.close();
  }
}

/** Stops what a test left running; for `afterEach`. */
export async function stopMemoryApps(): Promise<void> {
  await Promise.all([...running].map((app) => app.stop()));
}

/** Resolves with the next frames that a client gets. */
export async function take(socket: WebSocketCommunicator, count: number): Promise<Frame[]> {
  const frames: Frame[] = [];
  while (frames.length < count) frames.push(await socket.receive());
  return frames;
}
