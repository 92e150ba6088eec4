import { reasonOf } from '@nest-channels/core';
import { Redis } from 'ioredis';
import type { RedisAddress } from './redis-address.js';

/** Is how long one node may take to answer. */
const PATIENCE_MS = 1_000;

/** Is where a node of a cluster listens. */
export interface ClusterServer {
  readonly host: string;
  readonly port: number;
}

type Found = ReadonlyMap<string, ClusterServer>;
type SlotRange = readonly [first: number, last: number, master: readonly [Buffer, number]];

/** Finds out which master of a cluster has the keys of a tag. */
export class ClusterMap {
  #asking?: Promise<Found>;

  /** It is told all tags of the layer, and some nodes; they know the others. */
  constructor(
    readonly nodes: readonly RedisAddress[],
    private readonly tags: readonly string[],
  ) {}

  /** Asks the cluster, once for all who want to know at the same time. */
  async masterOf(tag: string): Promise<ClusterServer> {
    this.#asking ??= this.#ask().finally(() => (this.#asking = undefined));
    const server = (await this.#asking).get(tag);
    if (!server) throw new Error('No node of the cluster has the slot of a shard');
    return server;
  }

  /** Asks one node after the other. */
  async #ask(): Promise<Found> {
    let reason = '';
    for (const node of this.nodes) {
      try {
        return await this.#askNode(node);
      } catch (error) {
        reason = `${node.host}:${node.port}: ${reasonOf(error)}`;
      }
    }
    throw new Error(`No node of the cluster could be asked, ${reason}`);
  }

  async #askNode(node: RedisAddress): Promise<Found> {
    const client = connectionTo(node);
    let problem: Error | undefined;
    client.on('error', (error: Error) => (problem ??= error));
    try {
      await client.connect();
      const ranges = (await client.callBuffer('CLUSTER', ['SLOTS'])) as SlotRange[];
      const slots = await Promise.all(this.tags.map((tag) => slotOf(client, tag)));
      return ownersOf(this.tags, slots, ranges, node);
    } catch (error) {
      throw problem ?? error;
    } finally {
      client.disconnect();
    }
  }
}

function connectionTo(node: RedisAddress): Redis {
  return new Redis({
    ...node,
    db: 0,
    protocol: 2,
    connectTimeout: PATIENCE_MS,
    commandTimeout: PATIENCE_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    enableReadyCheck: false,
    disableClientInfo: true,
    disconnectTimeout: 0,
    lazyConnect: true,
  });
}

async function slotOf(client: Redis, tag: string): Promise<number> {
  return Number(await client.call('CLUSTER', 'KEYSLOT', `{${tag}}`));
}

function ownersOf(
  tags: readonly string[],
  slots: readonly number[],
  ranges: readonly SlotRange[],
  asked: ClusterServer,
): Found {
  const found = new Map<string, ClusterServer>();
  for (const [index, tag] of tags.entries()) {
    const range = ranges.find(([first, last]) => first <= slots[index] && slots[index] <= last);
    if (!range) continue;
    const [host, port] = range[2];
    // A node that does not know its own address leaves it out: it is the one that was asked.
    found.set(tag, { host: String(host ?? '') || asked.host, port });
  }
  return found;
}
