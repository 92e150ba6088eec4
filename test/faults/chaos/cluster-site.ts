import type { RedisLayerOptions } from '@nest-channels/redis';
import { RedisCluster, until } from '../../../libs/redis/test/support/redis-cluster.js';
import type { RedisServer } from '../../../libs/redis/test/support/redis-server.js';
import { FaultProxy } from '../kit/fault-proxy.js';
import type { RedisSite, Way } from './redis-site.js';

/** Is over how many slots the channels are spread: each node should have some. */
const SHARDS = 6;

/**
 * Is a cluster of three masters.
 *
 * Each node has one proxy, whose port it tells to whoever asks where a slot is: all processes share it.
 */
export class ClusterSite implements RedisSite {
  private constructor(
    private readonly cluster: RedisCluster,
    private readonly proxies: ReadonlyMap<RedisServer, FaultProxy>,
  ) {}

  static async start(): Promise<ClusterSite> {
    const cluster = await RedisCluster.start();
    const proxies = new Map<RedisServer, FaultProxy>();
    for (const node of cluster.nodes) {
      const proxy = await FaultProxy.start(node.port);
      await node.ask('CONFIG', 'SET', 'cluster-announce-port', proxy.port);
      proxies.set(node, proxy);
    }
    const site = new ClusterSite(cluster, proxies);
    await until(() => site.#isAnnounced());
    return site;
  }

  get options(): RedisLayerOptions {
    const ports = Array.from(this.proxies.values(), ({ port }) => port);
    return { cluster: ports.map((port) => `redis://127.0.0.1:${port}`), shards: SHARDS };
  }

  get servers(): readonly RedisServer[] {
    return this.cluster.nodes;
  }

  masters(): Promise<readonly RedisServer[]> {
    return Promise.resolve(this.servers);
  }

  way(): Promise<Way> {
    return Promise.resolve({ options: this.options, proxies: [...this.proxies.values()] });
  }

  start(node: RedisServer, ...settings: readonly string[]): Promise<void> {
    const { port } = this.proxies.get(node)!;
    return node.start('--cluster-announce-port', `${port}`, ...settings);
  }

  async healed(): Promise<void> {
    await Promise.all(this.cluster.nodes.map((node) => until(() => isWhole(node))));
  }

  async close(): Promise<void> {
    await Promise.all(Array.from(this.proxies.values(), (proxy) => proxy.close()));
    await this.cluster.stop();
  }

  /** Says whether all nodes tell the ports of the proxies, also those of the other nodes. */
  async #isAnnounced(): Promise<boolean> {
    const maps = await Promise.all(
      this.cluster.nodes.map(async (node) => String(await node.ask('CLUSTER', 'NODES'))),
    );
    const ports = Array.from(this.proxies.values(), ({ port }) => `127.0.0.1:${port}@`);
    return maps.every((map) => ports.every((port) => map.includes(port)));
  }
}

async function isWhole(node: RedisServer): Promise<boolean> {
  return String(await node.ask('CLUSTER', 'INFO')).includes('cluster_state:ok');
}
