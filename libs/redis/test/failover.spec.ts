import { afterEach, describe, expect, it } from '@jest/globals';
import { redisLayer, type RedisLayer, type RedisLayerOptions } from '@nest-channels/redis';
import { Inbox } from './support/layers.js';
import { RedisCluster, until } from './support/redis-cluster.js';
import { RedisSentinel } from './support/redis-sentinel.js';

const open: { stop(): Promise<void> }[] = [];

afterEach(async () => {
  for (const each of open.splice(0).toReversed()) await each.stop();
});

function layer(options: RedisLayerOptions): RedisLayer {
  const made = redisLayer({ timeoutMs: 2_000, ...options });
  open.push({ stop: () => made.close() });
  return made;
}

/** Sends until it is accepted: as long as there is no master, each send is refused. */
async function sendAgainAndAgain(worker: RedisLayer, channel: string): Promise<number> {
  let id = 0;
  await until(async () => {
    id++;
    return worker.send(channel, { id }).then(
      () => true,
      () => false,
    );
  });
  return id;
}

/** Lets a server of two layers fail, and says what came before and after. */
async function failOver(options: RedisLayerOptions, fail: () => Promise<void>): Promise<unknown[]> {
  const [server, worker] = [layer(options), layer(options)];
  const inbox = new Inbox(server, ['server!']);
  await worker.groupAdd('room', 'server!a');
  await worker.groupSend('room', { id: 'before' });
  await inbox.came(1);
  await fail();
  const id = await sendAgainAndAgain(worker, 'server!a');
  while (!inbox.ids.includes(id)) await inbox.came(inbox.messages.length + 1);
  await worker.groupSend('room', { id: 'after' });
  while (!inbox.ids.includes('after')) await inbox.came(inbox.messages.length + 1);
  return inbox.ids;
}

describe('a failover', () => {
  it('by Sentinel leaves nobody deaf and repeats nothing', async () => {
    const sentinel = await RedisSentinel.start();
    open.push(sentinel);
    const ids = await failOver({ sentinels: sentinel.options }, () => sentinel.master.kill());
    expect([ids[0], ids.at(-1)]).toEqual(['before', 'after']);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('in a cluster leaves nobody deaf and repeats nothing', async () => {
    const cluster = await RedisCluster.start();
    open.push(cluster);
    const masters = [...cluster.nodes];
    for (const master of masters) await cluster.addReplica(master);
    const replicas = cluster.nodes.slice(masters.length);
    const ids = await failOver({ cluster: cluster.urls, shards: 3 }, async () => {
      for (const replica of replicas) await replica.ask('CLUSTER', 'FAILOVER');
    });
    expect([ids[0], ids.at(-1)]).toEqual(['before', 'after']);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
