import { execFileSync, type SpawnOptions } from 'node:child_process';
import { chownSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@nest-channels/core';
import { postgresLocks, redisLocks, type SessionLocks } from '@nest-channels/sessions';
import { RedisStore } from 'connect-redis';
import connectPgSimple from 'connect-pg-simple';
import session, { type Store } from 'express-session';
import { Redis } from 'ioredis';
import { Pool } from 'pg';
import { ProcessLocks } from '../../src/session-locks.js';
import { freePort, ServerProcess } from './server-process.js';

/** Is a process's way to a store: each has a client of its own. */
export interface StoreAccess {
  readonly store: Store;
  readonly locks: SessionLocks;
  close(): Promise<unknown>;
}

/** Is a server of sessions. */
export interface StoreServer {
  connect(): StoreAccess;
  stop(): Promise<void>;
}

/** Stands for a server: what is in memory is shared by one process alone. */
export function startMemory(): Promise<StoreServer> {
  const store = new session.MemoryStore();
  const locks = new ProcessLocks(systemClock);
  const access = { store, locks, close: () => Promise.resolve() };
  return Promise.resolve({ connect: () => access, stop: () => Promise.resolve() });
}

export async function startRedis(): Promise<StoreServer> {
  const port = await freePort();
  const settings = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const command = process.env['REDIS_SERVER_PATH'] ?? 'redis-server';
  const server = await ServerProcess.start(command, settings, 'Ready to accept connections');
  const connect = (): StoreAccess => {
    const client = new Redis(port, '127.0.0.1');
    const store = new RedisStore({ client });
    return { store, locks: redisLocks(client), close: () => client.quit() };
  };
  return { connect, stop: () => server.stop() };
}

export async function startPostgres(): Promise<StoreServer> {
  const folder = mkdtempSync(join(tmpdir(), 'nest-channels-postgres-'));
  const port = await freePort();
  const server = await servePostgres(folder, port);
  const connect = (): StoreAccess => {
    const pool = new Pool({ host: '127.0.0.1', port, user: 'test', database: 'postgres' });
    const PgStore = connectPgSimple(session);
    const store = new PgStore({ pool, createTableIfMissing: true, pruneSessionInterval: false });
    return { store, locks: postgresLocks(pool), close: () => endPool(pool) };
  };
  await createTable(connect());
  const stop = async (): Promise<void> => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  return { connect, stop };
}

async function servePostgres(folder: string, port: number): Promise<ServerProcess> {
  const options = { cwd: folder, ...ownerOf(folder) };
  const bin = binFolder();
  const cluster = ['--pgdata', folder, '--auth', 'trust', '--username', 'test', '--no-sync'];
  execFileSync(join(bin, 'initdb'), cluster, { ...options, stdio: 'ignore' });
  const place = ['-D', folder, '-p', `${port}`, '-h', '127.0.0.1', '-k', folder, '-c', 'fsync=off'];
  const ready = 'ready to accept connections';
  return ServerProcess.start(join(bin, 'postgres'), place, ready, options);
}

/** Two processes that create it at once would meet. */
async function createTable(access: StoreAccess): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    access.store.get('nobody', (error) => (error ? reject(error) : resolve()));
  });
  await access.close();
}

/** Ends a pool, and waits until its connections are closed: `end()` alone does not. */
async function endPool(pool: Pool): Promise<void> {
  let open = pool.totalCount;
  const closed = new Promise<void>((resolve) => {
    pool.on('remove', () => --open === 0 && resolve());
    if (open === 0) resolve();
  });
  await pool.end();
  await closed;
}

/** PostgreSQL does not run as root. */
function ownerOf(folder: string): SpawnOptions {
  if (process.getuid?.() !== 0) return {};
  const idOf = (option: string): number =>
    Number(execFileSync('id', [option, 'postgres'], { encoding: 'utf8' }));
  const [uid, gid] = [idOf('-u'), idOf('-g')];
  chownSync(folder, uid, gid);
  return { uid, gid };
}

function binFolder(): string {
  const given = process.env['POSTGRES_BIN_PATH'];
  if (given) return given;
  const versions = readdirSync('/usr/lib/postgresql');
  const [newest] = versions.toSorted((one, other) => Number(other) - Number(one));
  return `/usr/lib/postgresql/${newest}/bin`;
}
