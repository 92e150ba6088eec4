import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../free-port.mjs';
import { printed } from '../printed.mjs';

/**
 * Runs work with a Redis of its own, which keeps nothing on disk.
 *
 * @template T
 * @param {(port: number) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withRedis(work) {
  const folder = await mkdtemp(join(tmpdir(), 'nest-channels-bench-'));
  const port = await freePort();
  const settings = ['--port', `${port}`, '--dir', folder, '--save', '', '--bind', '127.0.0.1'];
  const server = spawn(process.env['REDIS_SERVER_PATH'] ?? 'redis-server', settings);
  const ended = once(server, 'close');
  await printed(server.stdout, 'Ready to accept connections');
  try {
    return await work(port);
  } finally {
    server.kill();
    await ended;
    await rm(folder, { recursive: true });
  }
}
