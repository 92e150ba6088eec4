import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { AT_ONCE, until } from './redis-cluster.js';
import { freePorts, RedisProcess } from './redis-process.js';
import { RedisServer } from './redis-server.js';

/** Is one of those who watch a master. */
interface Sentinel {
  readonly port: number;
  readonly id: string;
  readonly process: RedisProcess;
}

/** Is a master with a replica, and sentinels that watch them, one unless told. */
export class RedisSentinel {
  readonly #sentinels: readonly Sentinel[];

  private constructor(
    ports: readonly number[],
    readonly master: RedisServer,
    readonly replica: RedisServer,
  ) {
    this.#sentinels = ports.map((port) => {
      return { port, id: randomBytes(20).toString('hex'), process: new RedisProcess() };
    });
  }

  static async start(count = 1): Promise<RedisSentinel> {
    const master = await RedisServer.start(...AT_ONCE);
    const replica = await RedisServer.start('--replicaof', `127.0.0.1 ${master.port}`, ...AT_ONCE);
    await until(async () => String(await master.ask('INFO', 'replication')).includes('online'));
    const sentinel = new RedisSentinel(await freePorts(count), master, replica);
    await Promise.all(sentinel.#sentinels.map((each) => sentinel.#start(each)));
    return sentinel;
  }

  get options() {
    const hosts = this.#sentinels.map(({ port }) => `redis://127.0.0.1:${port}`);
    return { hosts, name: 'main' };
  }

  /** Lets the sentinels name another master, of which the one before learns nothing. */
  async name(port: number): Promise<void> {
    for (const { port: own } of this.#sentinels) {
      const client = new Redis(own, '127.0.0.1', { protocol: 2, disconnectTimeout: 0 });
      await client.call('SENTINEL', 'REMOVE', 'main');
      await client.call('SENTINEL', 'MONITOR', 'main', '127.0.0.1', port, this.#majority);
      client.disconnect();
    }
  }

  async stop(): Promise<void> {
    const processes = this.#sentinels.map(({ process }) => process);
    await Promise.all([...processes, this.master, this.replica].map((each) => each.stop()));
  }

  get #majority(): number {
    return Math.floor(this.#sentinels.length / 2) + 1;
  }

  async #start({ port, id, process }: Sentinel): Promise<void> {
    const file = join(process.folder, 'sentinel.conf');
    const others = this.#sentinels.filter((each) => each.id !== id);
    const lines = [
      `port ${port}`,
      'bind 127.0.0.1',
      `sentinel myid ${id}`,
      `sentinel monitor main 127.0.0.1 ${this.master.port} ${this.#majority}`,
      'sentinel down-after-milliseconds main 500',
      'sentinel failover-timeout main 2000',
      // They need not find each other first.
      ...others.map((each) => `sentinel known-sentinel main 127.0.0.1 ${each.port} ${each.id}`),
    ];
    writeFileSync(file, lines.join('\n'));
    await process.start([file, '--sentinel'], '+slave');
  }
}
