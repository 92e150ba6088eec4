import type { RedisCluster } from './redis-cluster.js';
import type { RedisServer } from './redis-server.js';

const MIGRATION_MS = 5_000;

/** Is a slot of a cluster on its way from one node to another. */
export class SlotMove {
  private constructor(
    readonly slot: number,
    readonly source: RedisServer,
    readonly target: RedisServer,
  ) {}

  /** Begins to move the slot of a hash tag that has keys; they stay where they are for now. */
  static async begin({ nodes }: RedisCluster, tag: string): Promise<SlotMove> {
    const slot = Number(await nodes[0].ask('CLUSTER', 'KEYSLOT', `{${tag}}`));
    const counts = await Promise.all(
      nodes.map((node) => node.ask('CLUSTER', 'COUNTKEYSINSLOT', slot)),
    );
    const source = nodes[counts.findIndex((count) => Number(count) > 0)];
    const target = nodes.find((node) => node !== source)!;
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
    const keys = await this.source.ask('CLUSTER', 'GETKEYSINSLOT', this.slot, 1_000);
    await this.carry(...(keys as string[]));
    const to = await idOf(this.target);
    for (const node of [this.target, this.source]) {
      await node.ask('CLUSTER', 'SETSLOT', this.slot, 'NODE', to);
    }
  }
}

async function idOf(node: RedisServer): Promise<string> {
  return String(await node.ask('CLUSTER', 'MYID'));
}
