import { randomBytes } from 'node:crypto';
import type { RedisLayerOptions } from '@nest-channels/redis';
import { RedisCluster } from './redis-cluster.js';
import { RedisSentinel } from './redis-sentinel.js';
import { RedisServer } from './redis-server.js';
import { VALKEY } from './valkey.js';

/** Are the ways to lay out a layer over Redis. */
const OVER_REDIS = [
  'one server',
  'one server, encrypted',
  'two servers',
  'a cluster of three nodes',
  'a master that a sentinel watches',
] as const;

/** Are those over Valkey. */
const OVER_VALKEY = ['a Valkey', 'a cluster of three Valkeys'] as const;

/** Are the ways to lay out a layer. */
export const LAYOUTS = [...OVER_REDIS, ...OVER_VALKEY];

/** Are those that cannot be tried here, as there is no Valkey. */
export const MISSING: readonly string[] = VALKEY ? [] : OVER_VALKEY;

export type LayoutName = (typeof LAYOUTS)[number];

/** Are servers, and what layers over them are told. */
interface Started<Names extends LayoutName> {
  readonly servers: readonly { readonly stop: () => Promise<void> }[];
  readonly options: Readonly<Record<Names, RedisLayerOptions>>;
}

/** Are the servers of all layouts that can be tried here. */
export class Layouts {
  private constructor(
    private readonly redis: Started<(typeof OVER_REDIS)[number]>,
    private readonly valkey?: Started<(typeof OVER_VALKEY)[number]>,
  ) {}

  static async start(): Promise<Layouts> {
    const valkey = VALKEY ? startOverValkey(VALKEY) : undefined;
    return new Layouts(await startOverRedis(), await valkey);
  }

  optionsOf(layout: LayoutName): RedisLayerOptions {
    return { ...this.redis.options, ...this.valkey?.options }[layout]!;
  }

  async stop(): Promise<void> {
    const servers = [...this.redis.servers, ...(this.valkey?.servers ?? [])];
    await Promise.all(servers.map((server) => server.stop()));
  }
}

async function startOverRedis(): Promise<Started<(typeof OVER_REDIS)[number]>> {
  const [first, second] = await Promise.all([RedisServer.start(), RedisServer.start()]);
  const [cluster, sentinel] = await Promise.all([RedisCluster.start(), RedisSentinel.start()]);
  const { url } = first;
  return {
    servers: [first, second, cluster, sentinel],
    options: {
      'one server': { url },
      'one server, encrypted': { url, encryption: { keys: [randomBytes(32)] } },
      'two servers': { hosts: [url, second.url] },
      'a cluster of three nodes': { cluster: cluster.urls, shards: 3 },
      'a master that a sentinel watches': { sentinels: sentinel.options },
    },
  };
}

async function startOverValkey(program: string): Promise<Started<(typeof OVER_VALKEY)[number]>> {
  const starting = [RedisServer.of(program), RedisCluster.start(program)] as const;
  const [server, cluster] = await Promise.all(starting);
  return {
    servers: [server, cluster],
    options: {
      'a Valkey': { url: server.url },
      'a cluster of three Valkeys': { cluster: cluster.urls, shards: 3 },
    },
  };
}
