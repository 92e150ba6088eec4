import type { RedisCluster } from './redis-cluster.js';
import type { RedisServer } from './redis-server.js';

const MIGRATION_MS = 5_000;

/** Is how many keys move at once: who asks for one of the others meanwhile is told where it is. */
const KEYS_AT_ONCE = 10;

/** Is a slot of a cluster on its way from one node to another. */
export class SlotMove {
  private constructor(
    readonly slot: number,
    readonly source: RedisServer,
    readonly target: RedisServer,
  ) {}

  /** Begins to move the slot of a hash tag that has keys; they stay where they are for now. */
  static async begin({ nodes }: RedisCluster, tag: string): Promise<SlotMove> {
    const slot = await slotOf(nodes[0], tag);
    const source = (await holderOf(nodes, slot))!;
    const target = nodes.find((node) => node !== source)!;
    return SlotMove.between(slot, source, target);
  }

  /** Begins to move a slot from the node that it is on. */
  static async between(slot: number, source: RedisServer, target: RedisServer): Promise<SlotMove> {
    const [from, to] = await Promise.all([idOf(source), idOf(target)]);
    await target.ask('CLUSTER', 'SETSLOT', slot, 'IMPORTING', from);
    await source.ask('CLUSTER', 'SETSLOT', slot, 'MIGRATING', to);
    return new SlotMove(slot, source, target);
  }

  /** Moves these keys. */
  async carry(...keys: readonly string[]): Promise<void> {
    const { port } = this.target;
    await this.source.ask('MIGRATE', '127.0.0.1', port, '', 0, MIGRATION_MS, 'KEYS', ...keys);
  }

  /** Moves the keys that are left, and tells both nodes whose the slot is. */
  async end(): Promise<void> {
    for (let keys = await this.#left(); keys.length > 0; keys = await this.#left()) {
      await this.carry(...keys);
    }
    const to = await idOf(this.target);
    for (const node of [this.target, this.source]) {
      await node.ask('CLUSTER', 'SETSLOT', this.slot, 'NODE', to);
    }
  }

  async #left(): Promise<string[]> {
    const { slot } = this;
    return (await this.source.ask('CLUSTER', 'GETKEYSINSLOT', slot, KEYS_AT_ONCE)) as string[];
  }
}

/** Returns the slot of a hash tag. */
export async function slotOf(node: RedisServer, tag: string): Promise<number> {
  return Number(await node.ask('CLUSTER', 'KEYSLOT', `{${tag}}`));
}

/** Returns the node that holds keys of a slot, if there are any. */
export async function holderOf(
  nodes: readonly RedisServer[],
  slot: number,
): Promise<RedisServer | undefined> {
  const counts = await Promise.all(
    nodes.map((node) => node.ask('CLUSTER', 'COUNTKEYSINSLOT', slot)),
  );
  return nodes[counts.findIndex((count) => Number(count) > 0)];
}

async function idOf(node: RedisServer): Promise<string> {
  return String(await node.ask('CLUSTER', 'MYID'));
}
