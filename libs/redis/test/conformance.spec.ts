import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, it } from '@jest/globals';
import { type ConformanceRunner, layerConformance } from '@nest-channels/conformance';
import type { ChannelLayer } from '@nest-channels/core';
import { redisLayer, type RedisLayerOptions } from '@nest-channels/redis';
import { RedisCluster } from './support/redis-cluster.js';
import { RedisSentinel } from './support/redis-sentinel.js';
import { RedisServer } from './support/redis-server.js';

let servers: readonly RedisServer[];
let cluster: RedisCluster;
let sentinel: RedisSentinel;

const encryption = { keys: [randomBytes(32)] };

/** Are the ways to lay out a layer; all pass the same suite, side by side. */
const LAYOUTS: Record<string, () => RedisLayerOptions> = {
  'one server': () => ({ url: servers[0].url }),
  'one server, encrypted': () => ({ url: servers[0].url, encryption }),
  'two servers': () => ({ hosts: servers.map(({ url }) => url) }),
  'a cluster of three nodes': () => ({ cluster: cluster.urls, shards: 3 }),
  'a master that a sentinel watches': () => ({ sentinels: sentinel.options }),
};

beforeAll(async () => {
  servers = await Promise.all([RedisServer.start(), RedisServer.start()]);
  [cluster, sentinel] = await Promise.all([RedisCluster.start(), RedisSentinel.start()]);
});
afterAll(() => Promise.all([...servers, cluster, sentinel].map((each) => each.stop())));

/** Stretches all times: the suite allows for 400 ms of delay, a busy machine needs more. */
const SLOWNESS = 2;
/** Is how long it waits at least, to make sure that nothing comes. */
const QUIET_MS = 250;

// Redis has its own time, so that the suite really waits: many tests do so side by side, which
// they can do only within one block.
const path: string[] = [];
const runner: ConformanceRunner = {
  describe: (title, body) => {
    path.push(title);
    body();
    path.pop();
  },
  it: Object.assign(
    (title: string, body: () => Promise<void>) => it.concurrent(inPath(title), body, 30_000),
    { skip: (title: string, body: () => Promise<void>) => it.skip(inPath(title), body) },
  ),
};

function inPath(title: string): string {
  return [...path, title].join(' › ');
}

/** Makes layers that find their servers in one way, and others like them. */
function layersOver(locate: () => RedisLayerOptions) {
  const optionsOf = new WeakMap<ChannelLayer, RedisLayerOptions>();
  async function create(options: RedisLayerOptions): Promise<ChannelLayer> {
    const layer = redisLayer({ timeoutMs: 10_000, ...options, ...locate() });
    optionsOf.set(layer, options);
    await layer.connected();
    return layer;
  }
  return { create, another: (layer: ChannelLayer) => create(optionsOf.get(layer)!) };
}

for (const [layout, locate] of Object.entries(LAYOUTS)) {
  const { create, another } = layersOver(locate);
  runner.describe(`a layer over ${layout}`, () => {
    layerConformance({
      create: (limits) => {
        const expiryMs = limits.expiryMs * SLOWNESS;
        const groupExpiryMs = limits.groupExpiryMs * SLOWNESS;
        return create({ ...limits, expiryMs, groupExpiryMs, prefix: randomUUID() });
      },
      connect: another,
      clock: { advance: (ms) => setTimeout(Math.max(ms * SLOWNESS, QUIET_MS)) },
      runner,
      extensions: ['groups', 'flush', 'statistics', 'push'],
    });
  });
}
