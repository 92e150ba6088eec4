import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { withRedis } from './redis-server.mjs';

const RELAY = fileURLToPath(new URL('relay.mjs', import.meta.url));

/** Is how long each way takes, which is what neighbouring data centres are apart. */
const WAY_MS = 1;

/**
 * Runs work with a Redis of its own that is a network away.
 *
 * @template T
 * @param {(port: number) => Promise<T>} work
 * @returns {Promise<T>}
 */
export function withDistantRedis(work) {
  return withRedis(async (redisPort) => {
    const relay = fork(RELAY, [`${redisPort}`, `${WAY_MS}`]);
    const exited = once(relay, 'exit');
    const [{ port }] = await once(relay, 'message');
    try {
      return await work(port);
    } finally {
      relay.disconnect();
      await exited;
    }
  });
}
