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
    switch (layout) {
      case 'one server':
        return { url };
      case 'one server, encrypted':
        return { url, encryption: this.#encryption };
      case 'two servers':
        return { hosts: this.servers.map((server) => server.url) };
      case 'a cluster of three nodes':
        return { cluster: this.cluster.urls, shards: 3 };
      case 'a master that a sentinel watches':
        return { sentinels: this.sentinel.options };
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.servers, this.cluster, this.sentinel].map((each) => each.stop()));
  }
}
