import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Inbox, TestRedis, told } from './support/layers.js';
import { until } from './support/redis-cluster.js';

let redis: TestRedis;

beforeAll(async () => {
  redis = await TestRedis.start();
});
afterEach(() => redis.closeLayers());
afterAll(() => redis.stop());

describe('reading a shard', () => {
  it('lets channels leave their groups also when Redis has forgotten how', async () => {
    const layer = redis.layer({ prefix: 'forgotten', expiryMs: 50 });
    const client = redis.client();
    await layer.groupAdd('room', 'server!a');
    await layer.send('server!a', { id: 1 });
    const [entry] = await client.xrange('{forgotten}:b:server!', '-', '+');
    const isOverAt = Number.parseInt(entry[0], 10) + 60;
    await until(async () => {
      const [seconds, micros] = await client.time();
      return seconds * 1_000 + micros / 1_000 > isOverAt;
    });
    await client.script('FLUSH');
    const expired = told(layer, 'expired');
    const inbox = new Inbox(layer, ['server!']);
    await expired;
    expect(await layer.groupChannels('room')).toEqual([]);
    expect(inbox.ids).toEqual([]);
  });
});
