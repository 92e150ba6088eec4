import { RemoteServer } from '../sockets/remote-server.mjs';
import { withRedis } from './redis-server.mjs';

/**
 * Is an application in several processes.
 *
 * @typedef {object} Split
 * @property {RemoteServer[]} servers
 * @property {RemoteServer[]} workers
 * @property {number} redisPort
 */

/**
 * Runs servers that meet in a Redis of their own, with a worker where they need one.
 *
 * @template T
 * @param {object} what
 * @param {string} what.server
 * @param {number} what.servers Is how many there are.
 * @param {boolean} what.hasWorker
 * @param {object} [what.options]
 * @param {typeof withRedis} [what.redis] Is where they meet.
 * @param {(split: Split, ports: number[]) => Promise<T>} work
 * @returns {Promise<T>}
 */
export function withSplit({ server, servers, hasWorker, options = {}, redis = withRedis }, work) {
  return redis(async (redisPort) => {
    const start = (/** @type {string} */ part) =>
      new RemoteServer(server, { ...options, redisPort, part });
    const split = {
      servers: Array.from({ length: servers }, () => start('server')),
      workers: hasWorker ? [start('worker')] : [],
      redisPort,
    };
    const all = [...split.servers, ...split.workers];
    try {
      for (const worker of split.workers) await worker.port();
      return await work(split, await Promise.all(split.servers.map((each) => each.port())));
    } finally {
      await Promise.all(all.map((each) => each.stop()));
    }
  });
}

/** @param {readonly RemoteServer[]} processes */
export async function cpuMsOf(processes) {
  const used = await Promise.all(processes.map((each) => each.cpuMs()));
  return used.reduce((sum, ms) => sum + ms, 0);
}
