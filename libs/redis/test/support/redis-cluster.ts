import { freePorts, REDIS } from './redis-process.js';
import { RedisServer } from './redis-server.js';

const SLOTS = 16_384;
/** Is how soon the nodes take another for dead. */
const NODE_TIMEOUT_MS = 1_000;

/** Lets a master give a replica its data without waiting for others that may come. */
export const AT_ONCE = ['--repl-diskless-sync-delay', '0'] as const;

/** Is a Redis Cluster of three masters, without replicas at first. */
export class RedisCluster {
  private constructor(
    private readonly program: string,
    readonly nodes: RedisServer[],
    readonly busPorts: number[],
  ) {}

  static async start(program = REDIS): Promise<RedisCluster> {
    const busPorts = await freePorts(3);
    const nodes = await Promise.all(busPorts.map((busPort) => startNode(program, busPort)));
    const cluster = new RedisCluster(program, nodes, busPorts);
    await cluster.#unite();
    return cluster;
  }

  get urls(): string[] {
    return this.nodes.map(({ url }) => url);
  }

  /** Adds a replica of a node, which has all that it has. */
  async addReplica(of: RedisServer): Promise<RedisServer> {
    const [busPort] = await freePorts(1);
    const replica = await startNode(this.program, busPort);
    this.nodes.push(replica);
    await replica.ask('CLUSTER', 'MEET', '127.0.0.1', of.port, this.busPorts[0]);
    const id = String(await of.ask('CLUSTER', 'MYID'));
    await until(async () => String(await replica.ask('CLUSTER', 'NODES')).includes(id));
    await replica.ask('CLUSTER', 'REPLICATE', id);
    await until(async () => String(await of.ask('INFO', 'replication')).includes('state=online'));
    return replica;
  }

  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.stop()));
  }

  async #unite(): Promise<void> {
    const [first, ...others] = this.nodes;
    const share = Math.ceil(SLOTS / this.nodes.length);
    for (const [index, node] of this.nodes.entries()) {
      const [from, to] = [index * share, Math.min(SLOTS, (index + 1) * share) - 1];
      await node.ask('CLUSTER', 'ADDSLOTSRANGE', from, to);
      // Without an epoch of its own, each node would have to wait until they agree on one.
      await node.ask('CLUSTER', 'SET-CONFIG-EPOCH', index + 1);
    }
    for (const node of others) {
      await node.ask('CLUSTER', 'MEET', '127.0.0.1', first.port, this.busPorts[0]);
    }
    await Promise.all(this.nodes.map((node) => until(() => isWhole(node))));
  }
}

async function isWhole(node: RedisServer): Promise<boolean> {
  const info = String(await node.ask('CLUSTER', 'INFO'));
  return info.includes('cluster_state:ok') && info.includes('cluster_slots_assigned:16384');
}

function startNode(program: string, busPort: number): Promise<RedisServer> {
  const bus = ['--cluster-port', `${busPort}`, '--cluster-node-timeout', `${NODE_TIMEOUT_MS}`];
  return RedisServer.of(program, '--cluster-enabled', 'yes', ...bus);
}

/** Asks until it is so; each question waits for its answer. */
export async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setImmediate(resolve));
}
