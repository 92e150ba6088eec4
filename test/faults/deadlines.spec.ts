import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ManualClock } from '@nest-channels/core';
import type { RedisLayer } from '@nest-channels/redis';
import { TestRedis } from '../../libs/redis/test/support/layers.js';
import { range } from '../../libs/redis/test/support/range.js';
import { FaultProxy } from './kit/fault-proxy.js';

/** Is the deadline of a call, and how much of it passes before Redis answers the first. */
const TIMEOUT_MS = 1_000;
const PASSED_MS = 900;

let redis: TestRedis;
let proxy: FaultProxy;
const clock = new ManualClock();

beforeAll(async () => {
  redis = await TestRedis.start();
  proxy = await FaultProxy.start(redis.server.port);
});
afterEach(async () => {
  // What a layer waits for when it closes passes by its clock.
  const passing = setInterval(() => clock.advance(TIMEOUT_MS), 5);
  await redis.closeLayers();
  clearInterval(passing);
});
afterAll(async () => {
  await proxy.close();
  await redis.stop();
});

/** Swallows the answers from the moment in which something is asked. */
function unansweredFrom(text: string): Promise<void> {
  return new Promise((resolve) => {
    proxy.cutAfter((request) => {
      if (request.includes(text)) {
        proxy.blackHole('reply');
        resolve();
      }
      return false;
    });
  });
}

async function connected(): Promise<RedisLayer> {
  const url = `redis://127.0.0.1:${proxy.port}`;
  const layer = redis.layer({ url, clock, timeoutMs: TIMEOUT_MS });
  await layer.connected();
  return layer;
}

describe('a frozen Redis', () => {
  afterEach(() => redis.server.thaw());

  it('keeps no call for longer than its time, also those that wait behind others', async () => {
    const layer = await connected();
    const callAll = (): Promise<unknown>[] => [
      ...range(300).map((id) => layer.send('jobs', { id })),
      layer.groupSend('room', { id: 1 }),
      layer.groupAdd('room', 'server!a'),
      layer.groupDiscard('room', 'server!a'),
      layer.closeChannel('server!a'),
      layer.groupChannels('room'),
      layer.flush(),
    ];
    redis.server.freeze();
    const early = Promise.allSettled(callAll());
    await turn();
    clock.advance(PASSED_MS);
    const late = Promise.allSettled(callAll());
    await turn();
    clock.advance(TIMEOUT_MS - PASSED_MS);
    await early;
    clock.advance(PASSED_MS);
    const outcomes = [...(await early), ...(await late)];
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toEqual([]);
  });
});

describe('a call that waits behind a slow one', () => {
  const calls: [string, (layer: RedisLayer) => Promise<void>][] = [
    ['send', (layer) => layer.send('jobs', { id: 'second' })],
    ['group send', (layer) => layer.groupSend('room', { id: 'second' })],
  ];

  it.each(calls)(
    'settles within its own deadline, from when it was made: a %s',
    async (_, call) => {
      const layer = await connected();
      const isAsked = unansweredFrom('first');
      const first = layer.send('jobs', { id: 'first' });
      await isAsked;
      const second = call(layer);
      clock.advance(PASSED_MS);
      proxy.heal();
      const isAskedNext = unansweredFrom('second');
      await Promise.all([first, isAskedNext]);
      clock.advance(TIMEOUT_MS - PASSED_MS);
      await expect(second).rejects.toMatchObject({
        executed: 'unknown',
        message: expect.stringContaining('no answer within'),
      });
      proxy.heal();
    },
  );
});
