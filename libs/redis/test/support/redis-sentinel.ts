import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from './redis-cluster.js';
import { freePorts, RedisProcess } from './redis-process.js';
import { RedisServer } from './redis-server.js';

/** Is a master with a replica, and a sentinel that watches them. */
export class RedisSentinel {
  readonly #process = new RedisProcess();

  private constructor(
    readonly port: number,
    readonly master: RedisServer,
    readonly replica: RedisServer,
  ) {}

  static async start(): Promise<RedisSentinel> {
    const master = await RedisServer.start();
    const replica = await RedisServer.start('--replicaof', `127.0.0.1 ${master.port}`);
    await until(async () => String(await master.ask('INFO', 'replication')).includes('online'));
    const [port] = await freePorts(1);
    const sentinel = new RedisSentinel(port, master, replica);
    await sentinel.#start();
    return sentinel;
  }

  get options() {
    return { hosts: [`redis://127.0.0.1:${this.port}`], name: 'main' };
  }

  async stop(): Promise<void> {
    await Promise.all([this.#process, this.master, this.replica].map((each) => each.stop()));
  }

  async #start(): Promise<void> {
    const file = join(this.#process.folder, 'sentinel.conf');
    const lines = [
      `port ${this.port}`,
      'bind 127.0.0.1',
      `sentinel monitor main 127.0.0.1 ${this.master.port} 1`,
      'sentinel down-after-milliseconds main 500',
      'sentinel failover-timeout main 2000',
    ];
    writeFileSync(file, lines.join('\n'));
    await this.#process.start([file, '--sentinel'], '+slave');
  }
}
