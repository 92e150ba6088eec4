import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

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

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  server.close();
  await once(server, 'close');
  return port;
}

/**
 * @param {import('node:stream').Readable} stream
 * @param {string} text
 */
async function printed(stream, text) {
  let output = '';
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    output += chunk;
    if (output.includes(text)) break;
  }
  stream.resume();
}
