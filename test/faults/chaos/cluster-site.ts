import type { RedisLayerOptions } from '@nest-channels/redis';
import { RedisCluster } from '../../../libs/redis/test/support/redis-cluster.js';
import type { RedisServer } from '../../../libs/redis/test/support/redis-server.js';
import { holderOf, slotOf, SlotMove } from '../../../libs/redis/test/support/slot-move.js';
import { FaultProxy } from '../kit/fault-proxy.js';
import { until } from '../kit/until.js';
import { draw } from './draw.js';
import type { RedisSite, Takeover, Way } from './redis-site.js';
import { promoted, replicates, roleOf } from './replication.js';

/** Is over how many slots the channels are spread: each node should have some. */
const SHARDS = 6;

/**
 * Is a cluster of three masters.
 *
 * Each node has one proxy, whose port it tells to whoever asks where a slot is: all processes share it.
 */
export class ClusterSite implements RedisSite {
  readonly takeovers = [
    { title: 'a slot moved', isWhole: true, run: (random) => this.#moveSlot(random) },
    { title: 'a replica took over', isWhole: false, run: (random) => this.#replaceMaster(random) },
  ] satisfies Takeover[];
  readonly #proxies = new Map<RedisServer, FaultProxy>();

  private constructor(private readonly cluster: RedisCluster) {}

  static async start(): Promise<ClusterSite> {
    const site = new ClusterSite(await RedisCluster.start());
    for (const node of site.servers) await site.#announce(node);
    await until(() => site.#isAnnounced());
    return site;
  }

  get options(): RedisLayerOptions {
    const ports = Array.from(this.#proxies.values(), ({ port }) => port);
    return { cluster: ports.map((port) => `redis://127.0.0.1:${port}`), shards: SHARDS };
  }

  get servers(): readonly RedisServer[] {
    return this.cluster.nodes;
  }

  async masters(): Promise<readonly RedisServer[]> {
    const roles = await Promise.all(this.servers.map(roleOf));
    return this.servers.filter((_, index) => roles[index] === 'master');
  }

  way(): Promise<Way> {
    return Promise.resolve({ options: this.options, proxies: [...this.#proxies.values()] });
  }

  start(node: RedisServer, ...settings: readonly string[]): Promise<void> {
    const { port } = this.#proxies.get(node)!;
    return node.start('--cluster-announce-port', `${port}`, ...settings);
  }

  async healed(): Promise<void> {
    await Promise.all(this.cluster.nodes.map((node) => until(() => isWhole(node))));
  }

  async close(): Promise<void> {
    await Promise.all(Array.from(this.#proxies.values(), (proxy) => proxy.close()));
    await this.cluster.stop();
  }

  /** Lets a node tell the port of a proxy instead of its own. */
  async #announce(node: RedisServer): Promise<void> {
    const proxy = await FaultProxy.start(node.port);
    await node.ask('CONFIG', 'SET', 'cluster-announce-port', proxy.port);
    this.#proxies.set(node, proxy);
  }

  /** The one that died comes back as a replica of the one that took over. */
  async #replaceMaster(random: () => number): Promise<void> {
    const dead = draw(random, await this.masters());
    const replica = await this.#replicaOf(dead);
    await dead.kill();
    await promoted(replica);
    await this.start(dead);
    await this.healed();
    await replicates(dead);
  }

  async #replicaOf(master: RedisServer): Promise<RedisServer> {
    const id = String(await master.ask('CLUSTER', 'MYID'));
    const [line] = (await master.ask('CLUSTER', 'REPLICAS', id)) as string[];
    const known = this.servers.find((node) => {
      return line?.includes(`127.0.0.1:${this.#proxies.get(node)!.port}@`);
    });
    if (known) return known;
    const replica = await this.cluster.addReplica(master);
    await this.#announce(replica);
    await until(() => this.#isAnnounced());
    return replica;
  }

  /** Moves the slot of one shard, with all that is in it, while it is used. */
  async #moveSlot(random: () => number): Promise<void> {
    const masters = await this.masters();
    const slot = await slotOf(masters[0], `nest-channels:${Math.floor(SHARDS * random())}`);
    const from = await holderOf(masters, slot);
    if (!from) return;
    const others = masters.filter((node) => node !== from);
    const move = await SlotMove.between(slot, from, draw(random, others));
    await move.end();
  }

  /** Says whether all nodes tell the ports of the proxies, also those of the other nodes. */
  async #isAnnounced(): Promise<boolean> {
    const maps = await Promise.all(
      this.cluster.nodes.map(async (node) => String(await node.ask('CLUSTER', 'NODES'))),
    );
    const ports = Array.from(this.#proxies.values(), ({ port }) => `127.0.0.1:${port}@`);
    return maps.every((map) => ports.every((port) => map.includes(port)));
  }
}

async function isWhole(node: RedisServer): Promise<boolean> {
  return String(await node.ask('CLUSTER', 'INFO')).includes('cluster_state:ok');
}
