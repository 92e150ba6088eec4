import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RedisLayer, redisLayer } from '@nest-channels/redis';
import { Inbox } from '../../libs/redis/test/support/layers.js';
import { RedisCluster } from '../../libs/redis/test/support/redis-cluster.js';

const TAG = 'down:0';

let cluster: RedisCluster;
let layer: RedisLayer;

beforeAll(async () => {
  cluster = await RedisCluster.start();
  layer = redisLayer({ cluster: cluster.urls, shards: 1, prefix: 'down', timeoutMs: 500 });
  await layer.ready();
});
afterAll(async () => {
  await layer.close();
  await cluster.stop();
});

const dropSlot = (slot: number): Promise<unknown> =>
  Promise.all(cluster.nodes.map((node) => node.ask('CLUSTER', 'DELSLOTS', slot)));

describe('a cluster that does not serve a slot', () => {
  it('answers CLUSTERDOWN, which is told as not done, and all goes on when it does again', async () => {
    const inbox = new Inbox(layer, ['server!']);
    await layer.groupAdd('room', 'server!a');
    const slot = Number(await cluster.nodes[0].ask('CLUSTER', 'KEYSLOT', `{${TAG}}`));
    const counts = await Promise.all(
      cluster.nodes.map((node) => node.ask('CLUSTER', 'COUNTKEYSINSLOT', slot)),
    );
    const owner = cluster.nodes[counts.findIndex((count) => Number(count) > 0)];
    await dropSlot(slot);
    await expect(layer.send('server!a', { id: 1 })).rejects.toMatchObject({
      code: 'CHANNELS_LAYER_UNAVAILABLE',
      executed: 'no',
      message: expect.stringContaining('CLUSTERDOWN'),
    });
    await owner.ask('CLUSTER', 'ADDSLOTS', slot);
    for (;;) {
      const refusal: unknown = await layer.groupSend('room', { id: 2 }).then(
        () => undefined,
        (error: { executed: string }) => error.executed,
      );
      if (refusal === undefined) break;
      expect(refusal).toBe('no');
    }
    await inbox.came(1);
    expect(inbox.ids).toEqual([2]);
  });
});
