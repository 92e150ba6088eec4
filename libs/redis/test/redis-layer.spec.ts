import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { TestRedis } from './support/layers.js';
import { range } from './support/range.js';

let redis: TestRedis;

beforeAll(async () => {
  redis = await TestRedis.start();
});
afterEach(() => redis.closeLayers());
afterAll(() => redis.stop());

describe('a Redis layer', () => {
  it('says what it is', () => {
    const layer = redis.layer();
    expect([layer.name, layer.reach]).toEqual(['redis', 'network']);
    expect(layer.maxMessageBytes).toBe(1_048_576);
  });

  it('takes its connection from a client, and leaves that one alone', async () => {
    const client = new Redis(redis.server.port, '127.0.0.1', { disconnectTimeout: 0 });
    const layer = redis.layer({ url: undefined, client });
    await layer.send('jobs', { id: 1 });
    await layer.close();
    expect(await client.ping()).toBe('PONG');
    client.disconnect();
  });

  it('ends a receive empty that it closes before Redis was reached', async () => {
    const layer = redis.layer();
    const { signal } = new AbortController();
    const received = layer.receive(['jobs'], { signal });
    await layer.close();
    expect(await received).toEqual([]);
  });

  it.each(['jobs', 'server!a'])('counts capacity exactly over processes: %s', async (channel) => {
    const options = { prefix: 'exact', capacity: 50, mailboxCapacity: 50 };
    const layers = range(3).map(() => redis.layer(options));
    const sends = range(300).map((id) => layers[id % 3].send(channel, { id }));
    const outcomes = await Promise.allSettled(sends);
    const refused = outcomes.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(250);
    expect(refused[0]).toMatchObject({ reason: { code: 'CHANNELS_CHANNEL_FULL', capacity: 50 } });
  });
});
