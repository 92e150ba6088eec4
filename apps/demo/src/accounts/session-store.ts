import type { OnApplicationShutdown } from '@nestjs/common';
import { type SessionLocks, redisLocks } from '@nest-channels/sessions';
import { RedisStore } from 'connect-redis';
import session, { type Store } from 'express-session';
import { Redis } from 'ioredis';

/** Is where sessions are kept: in this process, or in a Redis that all processes share. */
export class SessionStore implements OnApplicationShutdown {
  readonly store: Store;
  readonly locks?: SessionLocks;
  readonly #redis?: Redis;

  constructor(url: string | undefined) {
    if (!url) {
      this.store = new session.MemoryStore();
      return;
    }
    this.#redis = new Redis(url, { maxRetriesPerRequest: 1 });
    // Who calls learns of it; ioredis would print it as well.
    this.#redis.on('error', () => undefined);
    this.store = new RedisStore({ client: this.#redis, prefix: 'demo:session:' });
    this.locks = redisLocks(this.#redis, { prefix: 'demo:lock:' });
  }

  onApplicationShutdown(): void {
    this.#redis?.disconnect();
  }
}
