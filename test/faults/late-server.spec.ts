import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { shardOf } from '../../libs/redis/src/routing.js';
import { take, TestRedis } from '../../libs/redis/test/support/layers.js';
import { range } from '../../libs/redis/test/support/range.js';
import { FaultProxy } from './kit/fault-proxy.js';

const LATENCY_MS = 2;

let near: TestRedis;
let far: TestRedis;
let proxy: FaultProxy;

beforeAll(async () => {
  [near, far] = await Promise.all([TestRedis.start(), TestRedis.start()]);
  proxy = await FaultProxy.start(far.server.port);
});
afterAll(async () => {
  await near.closeLayers();
  await proxy.close();
  await Promise.all([near.stop(), far.stop()]);
});

/** Returns a name that lives on one of two servers. */
function nameOn(shard: number, word: string): string {
  const names = range(100).map((id) => `${word}.${id}`);
  return names.find((name) => shardOf(name, 2) === shard)!;
}

it('a server that is always a little later than a busy one is read in its turn', async () => {
  const hosts = [near.server.url, `redis://127.0.0.1:${proxy.port}`];
  const layer = near.layer({ url: undefined, hosts });
  const [busy, quiet, elsewhere] = [nameOn(0, 'jobs'), nameOn(1, 'jobs'), nameOn(1, 'mail')];
  for (const id of range(20)) await layer.send(busy, { id });
  await layer.send(quiet, { id: 'quiet' });
  proxy.latency(LATENCY_MS);
  const came: unknown[] = [];
  while (!came.includes('quiet') && came.length < 6) {
    came.push((await take(layer, [busy, quiet]))[0].content['id']);
    // Meanwhile nobody waits for what comes from the later one.
    await layer.send(elsewhere, {});
  }
  expect(came).toContain('quiet');
});
