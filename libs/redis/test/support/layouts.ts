import { randomBytes } from 'node:crypto';
import type { RedisLayerOptions } from '@nest-channels/redis';
import { RedisCluster } from './redis-cluster.js';
import { RedisSentinel } from './redis-sentinel.js';
import { RedisServer } from './redis-server.js';

/** Are the ways to lay out a layer. */
export const LAYOUTS = [
  'one server',
  'one server, encrypted',
  'two servers',
  'a cluster of three nodes',
  'a master that a sentinel watches',
] as const;

export type LayoutName = (typeof LAYOUTS)[number];

/** Are the servers of all layouts. */
export class Layouts {
  readonly #encryption = { keys: [randomBytes(32)] };

  private constructor(
    private readonly servers: readonly RedisServer[],
    private readonly cluster: RedisCluster,
    private readonly sentinel: RedisSentinel,
  ) {}

  static async start(): Promise<Layouts> {
    const servers = await Promise.all([RedisServer.start(), RedisServer.start()]);
    const [cluster, sentinel] = await Promise.all([RedisCluster.start(), RedisSentinel.start()]);
    return new Layouts(servers, cluster, sentinel);
  }

  optionsOf(layout: LayoutName): RedisLayerOptions {
    const [{ url }] = this.servers;
    const options = {
      'one server': { url },
      'one server, encrypted': { url, encryption: this.#encryption },
      'two servers': { hosts: this.servers.map((server) => server.url) },
      'a cluster of three nodes': { cluster: this.cluster.urls, shards: 3 },
      'a master that a sentinel watches': { sentinels: this.sentinel.options },
    } satisfies Record<LayoutName, RedisLayerOptions>;
    return options[layout];
  }

  async stop(): Promise<void> {
    await Promise.all([...this.servers, this.cluster, this.sentinel].map((each) => each.stop()));
  }
}
