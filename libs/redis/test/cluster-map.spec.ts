import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ClusterMap } from '../src/cluster-map.js';
import { addressOf } from '../src/redis-address.js';
import { TestRedis } from './support/layers.js';
import { RedisCluster } from './support/redis-cluster.js';
import { freePorts } from './support/redis-process.js';

let cluster: RedisCluster;

beforeAll(async () => {
  cluster = await RedisCluster.start();
});
afterAll(() => cluster.stop());

describe('the map of a cluster', () => {
  it('knows the master of each tag, also when the first node is gone', async () => {
    const [gone] = await freePorts(1);
    const urls = [`redis://127.0.0.1:${gone}`, cluster.urls[2]];
    const tags = ['app:0', 'app:1'];
    const map = new ClusterMap(
      urls.map((url) => addressOf(url)),
      tags,
    );
    for (const tag of tags) {
      const { host, port } = await map.masterOf(tag);
      expect(host).toBe('127.0.0.1');
      const master = cluster.nodes.find((node) => node.port === port);
      expect(await master?.ask('SET', `{${tag}}`, 1)).toBe('OK');
    }
  });

  it('says which node could not be asked, and why', async () => {
    const [gone] = await freePorts(1);
    const map = new ClusterMap([addressOf(`redis://127.0.0.1:${gone}`)], ['app:0']);
    await expect(map.masterOf('app:0')).rejects.toThrow('connect ECONNREFUSED');
  });
});

describe('a layer', () => {
  it('that was given a node of a cluster as its one server is refused', async () => {
    const redis = await TestRedis.start();
    const connected = redis.layer({ url: cluster.urls[0] }).connected();
    await expect(connected).rejects.toMatchObject({
      code: 'CHANNELS_REDIS_REFUSED',
      message: expect.stringContaining('"cluster"'),
    });
    await redis.stop();
  });

  it('that was given a server of its own as a cluster says that it is none', async () => {
    const redis = await TestRedis.start();
    const layer = redis.layer({ url: undefined, cluster: [redis.server.url], timeoutMs: 500 });
    await expect(layer.connected()).rejects.toMatchObject({
      code: 'CHANNELS_LAYER_UNAVAILABLE',
      message: expect.stringContaining('cluster support disabled'),
    });
    await redis.stop();
  });
});
