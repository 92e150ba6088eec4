import { Places } from './places.js';
import type { SessionLocks } from './session-locks.js';

/** Is what locks need of a connection to PostgreSQL; a client of `pg` has it. */
export interface PostgresLockClient {
  query(text: string, values: readonly unknown[]): Promise<unknown>;
  release(destroy?: boolean): void;
}

/** Is what locks need of a pool of connections; a `Pool` of `pg` has it. */
export interface PostgresLockPool {
  readonly options?: { readonly max?: number };
  connect(): Promise<PostgresLockClient>;
}

/** Are the options of {@link postgresLocks}. */
export interface PostgresLocksOptions {
  /** Is how many locks are held at once, each with a connection; half of the pool's `max` if absent. */
  readonly maxLocks?: number;
}

/** Is how many connections a `Pool` of `pg` has if nobody said otherwise. */
const USUAL_POOL_SIZE = 10;

/**
 * Makes locks that all processes of one PostgreSQL share.
 *
 * They are advisory locks (PostgreSQL manual §13.3.5), which end with their connection; each takes
 * one of the pool while it is held. Who holds one reads and writes the session meanwhile: a store
 * on the same pool needs connections too. How long to wait for a lock is PostgreSQL's `lock_timeout`.
 */
export function postgresLocks(
  pool: PostgresLockPool,
  { maxLocks = halfOf(pool) }: PostgresLocksOptions = {},
): SessionLocks {
  const places = new Places(maxLocks);
  return {
    async acquire(key) {
      await places.enter();
      try {
        const client = await lockedClient(pool, key);
        return () => release(client, key).finally(() => places.leave());
      } catch (error) {
        places.leave();
        throw error;
      }
    },
  };
}

function halfOf({ options }: PostgresLockPool): number {
  return Math.max(1, Math.floor((options?.max ?? USUAL_POOL_SIZE) / 2));
}

async function lockedClient(pool: PostgresLockPool, key: string): Promise<PostgresLockClient> {
  const client = await pool.connect();
  try {
    await client.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [key]);
    return client;
  } catch (error) {
    client.release(true);
    throw error;
  }
}

async function release(client: PostgresLockClient, key: string): Promise<void> {
  try {
    await client.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', [key]);
    client.release();
  } catch {
    // The lock ends with its connection.
    client.release(true);
  }
}
