import { describe, expect, it } from '@jest/globals';
import { postgresLocks } from '@nest-channels/sessions';

/** Notes what is asked of it; the real one is in e2e/stores.spec.ts. */
class Pool {
  readonly log: string[] = [];
  fails = '';
  readonly options = { max: 4 };

  connect() {
    return Promise.resolve({
      query: (text: string, values: readonly unknown[]) => {
        const name = /pg_advisory_\w+/.exec(text)?.[0] ?? '';
        this.log.push(`${name} ${values.join()}`);
        return this.fails === name ? Promise.reject(new Error('gone')) : Promise.resolve();
      },
      release: (destroy = false) => void this.log.push(destroy ? 'destroy' : 'release'),
    });
  }
}

describe('locks in PostgreSQL', () => {
  it('hold a connection until they are given back', async () => {
    const pool = new Pool();
    const release = await postgresLocks(pool).acquire('a');
    expect(pool.log).toEqual(['pg_advisory_lock a']);
    await release();
    expect(pool.log.slice(1)).toEqual(['pg_advisory_unlock a', 'release']);
  });

  it('leave half of the pool to whoever holds one', async () => {
    const pool = new Pool();
    const locks = postgresLocks(pool);
    const [first] = [await locks.acquire('a'), await locks.acquire('b')];
    const third = locks.acquire('c');
    await new Promise(setImmediate);
    expect(pool.log).toEqual(['pg_advisory_lock a', 'pg_advisory_lock b']);
    await first();
    await third;
    expect(pool.log.at(-1)).toBe('pg_advisory_lock c');
  });

  it('end with their connection when they cannot be taken or given back', async () => {
    const pool = new Pool();
    const release = await postgresLocks(pool).acquire('a');
    pool.fails = 'pg_advisory_unlock';
    await release();
    expect(pool.log.at(-1)).toBe('destroy');
    pool.fails = 'pg_advisory_lock';
    await expect(postgresLocks(pool).acquire('a')).rejects.toThrow('gone');
    expect(pool.log.at(-1)).toBe('destroy');
  });
});
