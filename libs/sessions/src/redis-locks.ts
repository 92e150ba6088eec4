import { randomBytes } from 'node:crypto';
import { type Clock, delay, systemClock } from '@nest-channels/core';
import { SessionLocked } from './errors.js';
import type { SessionLocks } from './session-locks.js';

/** Is what locks need of a Redis client; ioredis has it. */
export interface RedisLockClient {
  set(key: string, value: string, px: 'PX', leaseMs: number, nx: 'NX'): Promise<unknown>;
  eval(script: string, keyCount: number, key: string, value: string): Promise<unknown>;
}

/** Are the options of {@link redisLocks}. */
export interface RedisLocksOptions {
  /** Stands before the names of locks; `nest-channels:lock:` if absent. */
  readonly prefix?: string;
  /** Is how long a lock outlives a process that died with it; 5,000 if absent. */
  readonly leaseMs?: number;
  /** Is how long to wait for a lock; 5,000 if absent. */
  readonly timeoutMs?: number;
  /** Is where the waits take their time from; the system's clock if absent. */
  readonly clock?: Clock;
}

const RETRY_MS = 10;

/** Gives back a lock that is still one's own. */
const RELEASE = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`;

/**
 * Makes locks that all processes of one Redis share.
 *
 * @param client an ioredis client, the one of the session store for instance
 */
export function redisLocks(client: RedisLockClient, options: RedisLocksOptions = {}): SessionLocks {
  const { prefix = 'nest-channels:lock:', leaseMs = 5_000, timeoutMs = 5_000 } = options;
  const clock = options.clock ?? systemClock;
  return {
    async acquire(key) {
      const lock = new RedisLock(client, prefix + key, leaseMs);
      const giveUpAt = clock.now() + timeoutMs;
      while (!(await lock.take(clock, giveUpAt - clock.now()))) {
        if (clock.now() >= giveUpAt) throw new SessionLocked(timeoutMs);
        await delay(clock, RETRY_MS);
      }
      return () => lock.giveBack();
    },
  };
}

/** Is one lock, as somebody who wants it sees it. */
class RedisLock {
  readonly #owner = randomBytes(16).toString('base64url');

  constructor(
    private readonly client: RedisLockClient,
    private readonly name: string,
    private readonly leaseMs: number,
  ) {}

  /** Tries once; a Redis that is away may answer much later, or never. */
  take(clock: Clock, withinMs: number): Promise<boolean> {
    return new Promise((resolve, reject) => {
      let isLate = false;
      const timer = clock.setTimer(() => {
        isLate = true;
        resolve(false);
      }, withinMs);
      this.#ask().then(
        (isTaken) => {
          timer.cancel();
          resolve(isTaken);
          // What cannot be given back ends with its lease.
          if (isLate && isTaken) this.giveBack().catch(() => undefined);
        },
        (error: unknown) => {
          timer.cancel();
          reject(error);
        },
      );
    });
  }

  async giveBack(): Promise<void> {
    await this.client.eval(RELEASE, 1, this.name, this.#owner);
  }

  async #ask(): Promise<boolean> {
    return (await this.client.set(this.name, this.#owner, 'PX', this.leaseMs, 'NX')) !== null;
  }
}
