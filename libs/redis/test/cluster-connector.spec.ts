import { describe, expect, it } from '@jest/globals';
import { failOver } from './support/failover.js';
import { RedisCluster } from './support/redis-cluster.js';

describe('connections into a cluster', () => {
  it('follow a slot to its new master: nobody is deaf, and nothing comes twice', async () => {
    const cluster = await RedisCluster.start();
    const masters = [...cluster.nodes];
    const replicas = await Promise.all(masters.map((master) => cluster.addReplica(master)));
    const ids = await failOver({ cluster: cluster.urls, shards: 3 }, async () => {
      await Promise.all(replicas.map((replica) => replica.ask('CLUSTER', 'FAILOVER')));
    });
    await cluster.stop();
    expect([ids[0], ids.at(-1)]).toEqual(['before', expect.stringMatching(/^after/)]);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
