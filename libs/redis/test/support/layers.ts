import { once } from 'node:events';
import type { Received } from '@nest-channels/core';
import { redisLayer, type RedisLayer, type RedisLayerOptions } from '@nest-channels/redis';
import { Redis } from 'ioredis';
import { REDIS } from './redis-process.js';
import { RedisServer } from './redis-server.js';

/** Is the deadline where a test is not about deadlines, for a busy machine. */
const PATIENT_MS = 10_000;

/** Is a Redis of its own with layers on it, which end with it. */
export class TestRedis {
  readonly #layers: RedisLayer[] = [];
  readonly #clients: Redis[] = [];

  private constructor(readonly server: RedisServer) {}

  static start(...settings: string[]): Promise<TestRedis> {
    return TestRedis.of(REDIS, ...settings);
  }

  /** Starts another program that does as Redis does. */
  static async of(program: string, ...settings: string[]): Promise<TestRedis> {
    return new TestRedis(await RedisServer.of(program, ...settings));
  }

  /** Makes a layer, as a process of its own would. */
  layer(options: RedisLayerOptions = {}): RedisLayer {
    const layer = redisLayer({ url: this.server.url, timeoutMs: PATIENT_MS, ...options });
    this.#layers.push(layer);
    return layer;
  }

  /** Connects without a layer. */
  client(): Redis {
    const client = new Redis(this.server.port, '127.0.0.1', { protocol: 2, disconnectTimeout: 0 });
    client.on('error', () => undefined);
    this.#clients.push(client);
    return client;
  }

  async closeLayers(): Promise<void> {
    await Promise.all(this.#layers.splice(0).map((layer) => layer.close()));
    for (const client of this.#clients.splice(0)) client.disconnect();
  }

  async stop(): Promise<void> {
    await this.closeLayers();
    await this.server.stop();
  }
}

/** Collects what is pushed from these channels. */
export class Inbox {
  readonly messages: Received[] = [];
  #wake: () => void = () => undefined;

  constructor(layer: RedisLayer, channels: readonly string[]) {
    layer.subscribe(channels, (message) => {
      this.messages.push(message);
      this.#wake();
    });
  }

  get ids(): unknown[] {
    return this.messages.map(({ content }) => content['id']);
  }

  /** Resolves when so many have come. */
  async came(count: number): Promise<void> {
    while (this.messages.length < count) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

/** Takes so many messages, waiting for them. */
export async function take(layer: RedisLayer, channels: readonly string[], count = 1) {
  const taken: Received[] = [];
  const { signal } = new AbortController();
  while (taken.length < count) {
    taken.push(...(await layer.receive(channels, { signal, max: count - taken.length })));
  }
  return taken;
}

/** Resolves when a layer tells of an event. */
export function told(layer: RedisLayer, event: 'gap' | 'reset' | 'expired' | 'dropped') {
  return once(layer.events, event);
}
