import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { freePort } from '../free-port.mjs';
import { printed } from '../printed.mjs';
import { withRedis } from '../redis/redis-server.mjs';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Runs the demo as two servers and two workers over a Redis of their own.
 *
 * @template T
 * @param {(urls: string[]) => Promise<T>} work Gets where the servers are.
 * @returns {Promise<T>}
 */
export function withDemoSplit(work) {
  return withRedis(async (redisPort) => {
    const ports = [await freePort(), await freePort()];
    const processes = [
      ...ports.map((port) => start('server', redisPort, { PORT: `${port}` })),
      ...[1, 2].map(() => start('worker', redisPort)),
    ];
    try {
      await Promise.all(processes.map(({ ready }) => ready));
      return await work(ports.map((port) => `http://127.0.0.1:${port}`));
    } finally {
      await Promise.all(processes.map(({ stop }) => stop()));
    }
  });
}

/**
 * @param {'server' | 'worker'} role
 * @param {number} redisPort
 * @param {Record<string, string>} [env]
 */
function start(role, redisPort, env = {}) {
  const child = spawn(process.execPath, [`${ROOT}apps/${role}/dist/main.js`], {
    env: { ...process.env, REDIS_URL: `redis://127.0.0.1:${redisPort}`, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(child, 'close');
  const stop = async () => {
    child.kill();
    await ended;
  };
  return {
    stop,
    ready: printed(child.stdout, role === 'server' ? 'Listening on' : 'Reading from'),
  };
}
