import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { delay, systemClock } from '@nest-channels/core';
import type { RedisLayer } from '@nest-channels/redis';
import { Inbox, TestRedis } from '../../libs/redis/test/support/layers.js';
import { range } from '../../libs/redis/test/support/range.js';
import { FaultProxy } from './kit/fault-proxy.js';

let redis: TestRedis;
const proxies = new Set<FaultProxy>();

beforeAll(async () => {
  redis = await TestRedis.start();
});
afterEach(async () => {
  await redis.closeLayers();
  for (const proxy of proxies) await proxy.close();
  proxies.clear();
});
afterAll(() => redis.stop());

async function proxied(prefix: string): Promise<{ proxy: FaultProxy; layer: RedisLayer }> {
  const proxy = await FaultProxy.start(redis.server.port);
  proxies.add(proxy);
  return { proxy, layer: await connected(prefix, proxy.port) };
}

async function connected(prefix: string, port = redis.server.port): Promise<RedisLayer> {
  const layer = redis.layer({ prefix, url: `redis://127.0.0.1:${port}`, timeoutMs: 1_000 });
  await layer.connected();
  return layer;
}

async function restartEmpty(): Promise<void> {
  await redis.server.kill();
  await redis.server.start();
}

/** Repeats a call until Redis can be asked again. */
async function untilDone(call: () => Promise<void>): Promise<void> {
  while (
    await call().then(
      () => false,
      () => true,
    )
  )
    await delay(systemClock, 10);
}

describe('after an empty restart', () => {
  it('all members are asserted again, also when the connection breaks in the middle of it', async () => {
    const { proxy, layer: server } = await proxied('broken-assertion');
    const worker = await connected('broken-assertion');
    const inbox = new Inbox(server, ['server!']);
    for (const room of ['one', 'two', 'three']) await server.groupAdd(room, `server!${room}`);
    let joins = 0;
    proxy.cutAfter((request) => request.includes('server!two') && ++joins === 1);
    const reset = once(server.events, 'reset');
    await restartEmpty();
    await reset;
    expect(proxy.cuts).toBe(1);
    for (const room of ['one', 'two', 'three']) {
      await untilDone(() => worker.groupSend(room, { id: room }));
    }
    await inbox.came(3);
    expect(inbox.ids).toEqual(['one', 'two', 'three']);
  });

  it('members are not forgotten because another process was quicker to add one', async () => {
    const { proxy, layer: server } = await proxied('quick-worker');
    const worker = await connected('quick-worker');
    const inbox = new Inbox(server, ['server!']);
    for (const id of range(3)) await server.groupAdd('room', `server!old${id}`);
    for (const round of range(3)) {
      proxy.down();
      await restartEmpty();
      await untilDone(() => worker.groupAdd('room', `server!new${round}`));
      await untilDone(() => worker.groupSend('room', { id: 'early' }));
      const reset = once(server.events, 'reset');
      proxy.heal();
      await reset;
    }
    await worker.groupSend('room', { id: 'last' });
    while (!inbox.ids.includes('last')) await inbox.came(inbox.messages.length + 1);
    const { channels } = inbox.messages.at(-1)!;
    expect(channels.toSorted()).toEqual([
      ...range(3).map((round) => `server!new${round}`),
      ...range(3).map((id) => `server!old${id}`),
    ]);
  });
});

describe('a connection that breaks while it comes back', () => {
  it('leaves no error unhandled, and comes back again', async () => {
    const { proxy, layer } = await proxied('broken-again');
    const admin = redis.client();
    while ((await admin.pubsub('CHANNELS')).length === 0) await delay(systemClock, 10);
    proxy.cutAfter((request) => request.includes('subscribe'));
    proxy.reset();
    while (proxy.cuts < 3) await delay(systemClock, 10);
    proxy.heal();
    const inbox = new Inbox(layer, ['jobs']);
    await untilDone(() => layer.send('jobs', { id: 'back' }));
    await inbox.came(1);
  });
});

describe('a Redis that refuses writes while a connection comes back', () => {
  it('is asked again until it takes them, and that is told once', async () => {
    const layer = await connected('refused-greeting');
    const inbox = new Inbox(layer, ['server!']);
    const admin = redis.client();
    const warnings: string[] = [];
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation((warning) => {
      warnings.push(String(warning));
    });
    await admin.config('SET', 'maxmemory', 1);
    await admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    const oom = async (): Promise<number> =>
      Number(/errorstat_OOM:count=(\d+)/.exec(await admin.info('errorstats'))?.[1] ?? 0);
    // It has been refused more than once.
    while ((await oom()) < 3) await delay(systemClock, 10);
    expect(warnings).toEqual([expect.stringContaining('OOM')]);
    const back = once(layer.events, 'gap');
    await admin.config('SET', 'maxmemory', 0);
    await back;
    await layer.send('server!a', { id: 'back' });
    await inbox.came(1);
    warn.mockRestore();
  });
});
