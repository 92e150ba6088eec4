import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { type ConformanceRunner, layerConformance } from '@nest-channels/conformance';
import type { ChannelLayer } from '@nest-channels/core';
import { redisLayer, type RedisLayerOptions } from '@nest-channels/redis';
import { RedisServer } from './support/redis-server.js';

let server: RedisServer;
const optionsOf = new WeakMap<ChannelLayer, RedisLayerOptions>();

beforeAll(async () => {
  server = await RedisServer.start();
});
afterAll(() => server.stop());

function create(options: RedisLayerOptions): ChannelLayer {
  const layer = redisLayer({ timeoutMs: 10_000, ...options, url: server.url });
  optionsOf.set(layer, options);
  return layer;
}

/** Stretches all times: the suite allows for 400 ms of delay, a busy machine needs more. */
const SLOWNESS = 2;

// Redis has its own time, so that the suite really waits: several tests do so side by side.
const concurrently: ConformanceRunner['it'] = Object.assign(
  (title: string, body: () => Promise<void>) => it.concurrent(title, body, 30_000),
  { skip: (title: string, body: () => Promise<void>) => it.skip(title, body) },
);

describe.each<[string, RedisLayerOptions]>([
  ['in the clear', {}],
  ['encrypted', { encryption: { keys: [randomBytes(32)] } }],
])('a Redis layer %s', (_how, options) => {
  layerConformance({
    create: (limits) => {
      const expiryMs = limits.expiryMs * SLOWNESS;
      const groupExpiryMs = limits.groupExpiryMs * SLOWNESS;
      return create({ ...limits, expiryMs, groupExpiryMs, prefix: randomUUID(), ...options });
    },
    connect: (layer) => create(optionsOf.get(layer)!),
    clock: { advance: (ms) => setTimeout(ms * SLOWNESS) },
    runner: { describe, it: concurrently },
    extensions: ['groups', 'flush', 'statistics', 'push'],
  });
});
