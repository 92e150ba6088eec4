import type { RedisLayerOptions } from '@nest-channels/redis';
import { Redis } from 'ioredis';
import { RedisSentinel } from '../../../libs/redis/test/support/redis-sentinel.js';
import type { RedisServer } from '../../../libs/redis/test/support/redis-server.js';
import { FaultProxy } from '../kit/fault-proxy.js';
import { until } from '../kit/until.js';
import type { RedisSite, Way } from './redis-site.js';
import { replicates, roleOf } from './replication.js';

/** Is how many watch the master, so that one of them alone decides nothing. */
const SENTINELS = 3;

/** Is a master with a replica that three sentinels watch; each process has its own ways to both. */
export class SentinelSite implements RedisSite {
  readonly takeovers = [
    { title: 'the master died', isWhole: false, run: () => this.#replaceMaster() },
  ];
  readonly #proxies: FaultProxy[] = [];

  private constructor(private readonly sentinel: RedisSentinel) {}

  static async start(): Promise<SentinelSite> {
    return new SentinelSite(await RedisSentinel.start(SENTINELS));
  }

  get options(): RedisLayerOptions {
    return { sentinels: this.sentinel.options };
  }

  get servers(): readonly RedisServer[] {
    return [this.sentinel.master, this.sentinel.replica];
  }

  async masters(): Promise<readonly RedisServer[]> {
    const [port] = await this.#masterPorts();
    return this.servers.filter((server) => server.port === port);
  }

  /** Sentinels tell the servers' own ports, which are mapped to those of the proxies. */
  async way(): Promise<Way> {
    const proxies = await Promise.all(this.servers.map(({ port }) => FaultProxy.start(port)));
    this.#proxies.push(...proxies);
    const host = '127.0.0.1';
    const natMap = Object.fromEntries(
      proxies.map(({ port }, index) => [`${host}:${this.servers[index].port}`, { host, port }]),
    );
    return { options: { client: clientOf(this.sentinel, natMap) }, proxies };
  }

  start(server: RedisServer, ...settings: readonly string[]): Promise<void> {
    return server.start(...settings);
  }

  /** All sentinels have to name the same master, and it has to be one. */
  async healed(): Promise<void> {
    await until(async () => {
      const [port, ...others] = await this.#masterPorts();
      if (others.some((other) => other !== port)) return false;
      const [master] = await this.masters();
      return (await roleOf(master)) === 'master';
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.#proxies.map((proxy) => proxy.close()));
    await this.sentinel.stop();
  }

  /** The one that died comes back as a replica, not as a master until a sentinel sees it. */
  async #replaceMaster(): Promise<void> {
    const [dead] = await this.masters();
    await dead.kill();
    await until(async () => (await this.masters())[0] !== dead);
    await this.healed();
    const [{ port }] = await this.masters();
    await dead.start('--replicaof', `127.0.0.1 ${port}`);
    await replicates(dead);
  }

  #masterPorts(): Promise<number[]> {
    const { hosts, name } = this.sentinel.options;
    return Promise.all(hosts.map((url) => masterPortBy(url, name)));
  }
}

async function masterPortBy(url: string, name: string): Promise<number> {
  const client = new Redis(url, { protocol: 2, disconnectTimeout: 0 });
  try {
    const [, port] = (await client.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name)) as string[];
    return Number(port);
  } finally {
    client.disconnect();
  }
}

/** Returns what a layer takes its options from; it never connects by itself. */
function clientOf(
  { options: { hosts, name } }: RedisSentinel,
  natMap: Readonly<Record<string, { readonly host: string; readonly port: number }>>,
): Redis {
  const sentinels = hosts.map((url) => ({ host: '127.0.0.1', port: Number(new URL(url).port) }));
  return new Redis({
    sentinels,
    name,
    natMap: { ...natMap },
    sentinelRetryStrategy: () => null,
    lazyConnect: true,
  });
}
