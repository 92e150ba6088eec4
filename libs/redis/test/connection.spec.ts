import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { TestRedis } from './support/layers.js';
import { OldRedis } from './support/old-redis.js';
import { RedisCluster } from './support/redis-cluster.js';
import { PROGRAMS, VALKEY } from './support/valkey.js';

let redis: TestRedis;

beforeAll(async () => {
  redis = await TestRedis.start('--requirepass', 'secret');
});
afterEach(() => redis.closeLayers());
afterAll(() => redis.stop());

describe('a connection', () => {
  it.each([
    ['no password', ''],
    ['a wrong password', ':wrong@'],
    ['an unknown user', 'nobody:secret@'],
  ])('with %s is refused, and says so to every call', async (_, credentials) => {
    const url = `redis://${credentials}127.0.0.1:${redis.server.port}`;
    const layer = redis.layer({ url });
    const refused = { code: 'CHANNELS_REDIS_REFUSED' };
    await expect(layer.connected()).rejects.toMatchObject(refused);
    await expect(layer.send('jobs', {})).rejects.toMatchObject(refused);
    const { signal } = new AbortController();
    await expect(layer.receive(['jobs'], { signal })).rejects.toMatchObject(refused);
  });

  it('to a database that is not there is refused', async () => {
    const url = `redis://:secret@127.0.0.1:${redis.server.port}/99`;
    const connected = redis.layer({ url }).connected();
    await expect(connected).rejects.toMatchObject({ code: 'CHANNELS_REDIS_REFUSED' });
  });

  it('to a server that is too old says which version it is', async () => {
    const old = await OldRedis.start(redis.server.port);
    const connected = redis.layer({ url: `redis://:secret@127.0.0.1:${old.port}` }).connected();
    await expect(connected).rejects.toMatchObject({
      code: 'CHANNELS_REDIS_TOO_OLD',
      message: expect.stringMatching(/Redis 6\.\d+\.\d+:/),
    });
    await old.close();
  });

  const itOfValkey = VALKEY ? it : it.skip;

  itOfValkey('to a Valkey is made, though it calls itself a Redis 7.2 or another', async () => {
    const valkey = await TestRedis.of(VALKEY!);
    expect(String(await valkey.server.ask('INFO', 'server'))).toContain('redis_version:7.');
    await valkey.layer().connected();
    await valkey.stop();
  });

  it.each(PROGRAMS)(
    'to a %s of a cluster that was given as one server is refused',
    async (_, program) => {
      const cluster = await RedisCluster.start(program);
      const connected = redis.layer({ url: cluster.urls[0] }).connected();
      await expect(connected).rejects.toMatchObject({
        code: 'CHANNELS_REDIS_REFUSED',
        message: expect.stringContaining('"cluster"'),
      });
      await cluster.stop();
    },
  );

  it('to nobody fails in time, for certain, and is made as soon as somebody is there', async () => {
    const other = await TestRedis.start();
    await other.server.kill();
    const layer = other.layer({ timeoutMs: 200 });
    const outage = { code: 'CHANNELS_LAYER_UNAVAILABLE', executed: 'no' };
    await expect(layer.connected()).rejects.toMatchObject(outage);
    await expect(layer.send('jobs', {})).rejects.toMatchObject(outage);
    await other.server.start();
    const { signal } = new AbortController();
    const received = layer.receive(['jobs'], { signal });
    await other.layer().send('jobs', { id: 1 });
    expect(await received).toEqual([{ channels: ['jobs'], content: { id: 1 } }]);
    await other.stop();
  });
});
