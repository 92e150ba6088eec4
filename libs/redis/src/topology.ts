import type { RedisOptions } from 'ioredis';
import { clusterAddress } from './cluster-connector.js';
import { ClusterMap } from './cluster-map.js';
import { RedisOptionsInvalid } from './errors.js';
import { addressOf } from './redis-address.js';
import type { RedisLayerOptions, SentinelOptions } from './redis-options.js';
import { ROUTING_VERSION } from './routing.js';

/** Starts all keys unless told. */
export const DEFAULT_PREFIX = 'nest-channels';

/** Is over how many slots of a cluster the channels are spread unless told. */
const CLUSTER_SHARDS = 4;

/** Is where one shard of a layer is. */
export interface ShardPlace {
  readonly address: RedisOptions;
  /** Is what all its keys share, so that a cluster keeps them together. */
  readonly tag: string;
  /** Is which of how many shards this is, and by which routing: all processes must agree on it. */
  readonly arrangement: string;
  /** Says that the server is one of a cluster. */
  readonly isInCluster: boolean;
}

const KINDS = ['url', 'hosts', 'sentinels', 'cluster', 'client'] as const;

/**
 * Returns the shards of a layer, in their order.
 *
 * @throws RedisOptionsInvalid `CHANNELS_REDIS_OPTIONS_INVALID`
 */
export function topologyOf(options: RedisLayerOptions): ShardPlace[] {
  const given = KINDS.filter((kind) => options[kind] !== undefined);
  if (given.length > 1) {
    const names = given.map((kind) => `"${kind}"`).join(' and ');
    throw new RedisOptionsInvalid(`${names} exclude each other`);
  }
  if (options.shards !== undefined && !options.cluster) {
    throw new RedisOptionsInvalid('"shards" is for "cluster" only');
  }
  return options.cluster ? inCluster(options, options.cluster) : onServers(options);
}

function onServers(options: RedisLayerOptions): ShardPlace[] {
  const addresses = addressesOf(options);
  const tag = options.prefix ?? DEFAULT_PREFIX;
  return addresses.map((address, position) => ({
    address,
    tag,
    arrangement: arrangementOf(position, addresses.length),
    isInCluster: false,
  }));
}

function addressesOf({ url, hosts, sentinels, client, tls }: RedisLayerOptions): RedisOptions[] {
  if (client) return [client.options];
  if (sentinels) return [sentinelAddress(sentinels, tls)];
  if (!hosts) return [addressOf(url ?? 'redis://localhost:6379', tls)];
  const addresses = nonEmpty('hosts', hosts).map((host) => addressOf(host, tls));
  const servers = new Set(addresses.map(({ host, port, db }) => `${host}:${port}/${db}`));
  if (servers.size < hosts.length) throw new RedisOptionsInvalid('"hosts" names a server twice');
  return addresses;
}

function sentinelAddress(
  { hosts, name, username, password, database = 0 }: SentinelOptions,
  tls: RedisLayerOptions['tls'],
): RedisOptions {
  const sentinels = nonEmpty('sentinels.hosts', hosts).map((host) => addressOf(host, tls));
  const [first] = sentinels;
  if (!name) throw new RedisOptionsInvalid('"sentinels.name" is missing: which master is meant?');
  return {
    sentinels: sentinels.map(({ host, port }) => ({ host, port })),
    name,
    username,
    password,
    db: database,
    sentinelUsername: first.username,
    sentinelPassword: first.password,
    ...(first.tls && { tls: first.tls, sentinelTLS: first.tls, enableTLSForSentinelMode: true }),
    // The link tries again by itself.
    sentinelRetryStrategy: () => null,
  };
}

function inCluster(options: RedisLayerOptions, urls: readonly string[]): ShardPlace[] {
  const { prefix = DEFAULT_PREFIX, shards = CLUSTER_SHARDS, tls } = options;
  if (!Number.isSafeInteger(shards) || shards < 1) {
    throw new RedisOptionsInvalid('"shards" is no positive whole number');
  }
  const nodes = nonEmpty('cluster', urls).map((url) => addressOf(url, tls));
  const tags = Array.from({ length: shards }, (_, position) => `${prefix}:${position}`);
  const map = new ClusterMap(nodes, tags);
  return tags.map((tag, position) => ({
    address: clusterAddress(map, tag),
    tag,
    arrangement: arrangementOf(position, shards),
    isInCluster: true,
  }));
}

function arrangementOf(position: number, count: number): string {
  return `shard ${position + 1} of ${count}, routing ${ROUTING_VERSION}`;
}

function nonEmpty(option: string, hosts: readonly string[]): readonly string[] {
  if (hosts.length === 0) throw new RedisOptionsInvalid(`"${option}" is empty`);
  return hosts;
}
