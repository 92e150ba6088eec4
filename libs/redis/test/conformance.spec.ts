import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, it } from '@jest/globals';
import { type ConformanceRunner, layerConformance } from '@nest-channels/conformance';
import type { ChannelLayer } from '@nest-channels/core';
import { redisLayer, type RedisLayerOptions } from '@nest-channels/redis';
import { LAYOUTS, Layouts, MISSING } from './support/layouts.js';

let layouts: Layouts;

beforeAll(async () => {
  layouts = await Layouts.start();
});
afterAll(() => layouts.stop());

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

for (const layout of MISSING) it.skip(`a layer over ${layout}`, () => undefined);

// All layouts pass the same suite, side by side.
for (const layout of LAYOUTS.filter((each) => !MISSING.includes(each))) {
  const { create, another } = layersOver(() => layouts.optionsOf(layout));
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
