import type { SessionLocks } from './session-locks.js';

/** Is what locks need of a connection to PostgreSQL; a client of `pg` has it. */
export interface PostgresLockClient {
  query(text: string, values: readonly unknown[]): Promise<unknown>;
  release(destroy?: boolean): void;
}

/** Is what locks need of a pool of connections; a `Pool` of `pg` has it. */
export interface PostgresLockPool {
  connect(): Promise<PostgresLockClient>;
}

/**
 * Makes locks that all processes of one PostgreSQL share.
 *
 * They are advisory locks (PostgreSQL manual §13.3.5), which end with their connection; each takes
 * one of the pool while it is held. How long to wait for one is PostgreSQL's `lock_timeout`.
 */
export function postgresLocks(pool: PostgresLockPool): SessionLocks {
  return {
    async acquire(key) {
      const client = await pool.connect();
      try {
        await client.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [key]);
      } catch (error) {
        client.release(true);
        throw error;
      }
      return () => release(client, key);
    },
  };
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
