import type { OnApplicationShutdown } from '@nestjs/common';
import { Redis } from 'ioredis';
import { type Entries, type SharedMap, SharedMaps } from './shared-map.js';

const KEEP_SECONDS = 24 * 60 * 60;

/** Keeps everything in Redis, beside the channel layer, for a day after the last change. */
export class RedisMaps extends SharedMaps implements OnApplicationShutdown {
  readonly #redis: Redis;

  constructor(url: string) {
    super();
    this.#redis = new Redis(url, { maxRetriesPerRequest: 1 });
    // Who calls learns of it; ioredis would print it as well.
    this.#redis.on('error', () => undefined);
  }

  map(name: string): SharedMap {
    const key = `demo:${name}`;
    return {
      entries: async () => entriesOf(await this.#redis.hgetall(key)),
      put: (field, value) => this.#change(key, ['hset', key, field, value]),
      take: (field) => this.#change(key, ['hdel', key, field]),
    };
  }

  nextNumber(sequence: string): Promise<number> {
    return this.#redis.incr(`demo:${sequence}`);
  }

  onApplicationShutdown(): void {
    this.#redis.disconnect();
  }

  async #change(key: string, change: string[]): Promise<Entries> {
    const steps = [['hgetall', key], change, ['expire', key, `${KEEP_SECONDS}`]];
    const results = await this.#redis.multi(steps).exec();
    const [error, before] = results?.[0] ?? [];
    if (error) throw error;
    return entriesOf(before as Record<string, string>);
  }
}

function entriesOf(hash: Readonly<Record<string, string>>): Entries {
  return new Map(Object.entries(hash));
}
