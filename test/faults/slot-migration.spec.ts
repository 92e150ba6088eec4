import { EventEmitter } from 'node:events';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { LayerEventMap } from '@nest-channels/core';
import { type RedisLayer, redisLayer } from '@nest-channels/redis';
import { RedisSession } from '../../libs/redis/src/redis-session.js';
import { RedisShard } from '../../libs/redis/src/redis-shard.js';
import { Script } from '../../libs/redis/src/scripts.js';
import { topologyOf } from '../../libs/redis/src/topology.js';
import { Inbox, take } from '../../libs/redis/test/support/layers.js';
import { RedisCluster } from '../../libs/redis/test/support/redis-cluster.js';
import { SlotMove } from '../../libs/redis/test/support/slot-move.js';

let cluster: RedisCluster;

beforeAll(async () => {
  cluster = await RedisCluster.start();
});
afterAll(() => cluster.stop());

/** Sends until it is accepted; returns what was known of each send before. */
async function sendUntilAccepted(layer: RedisLayer, id: string): Promise<unknown[]> {
  const refusals: unknown[] = [];
  for (;;) {
    const refusal: unknown = await layer.send('jobs', { id }).then(
      () => undefined,
      ({ executed }: { executed: string }) => executed,
    );
    if (refusal === undefined) return refusals;
    refusals.push(refusal);
  }
}

/** Connects to the only shard of a layer in the cluster. */
async function openShard(prefix: string): Promise<RedisShard> {
  const options = { cluster: cluster.urls, shards: 1, prefix, timeoutMs: 10_000 };
  const [place] = topologyOf(options);
  const nothing = (): void => undefined;
  const listener = { onReset: nothing, onEmptied: nothing, onMended: nothing };
  const session = new RedisSession(options, new EventEmitter<LayerEventMap>());
  const shard = new RedisShard(session, place, listener);
  shard.open();
  await shard.connection.ready();
  return shard;
}

describe('a slot that moves to another node of a cluster', () => {
  it('is answered with ASK and MOVED, which are told as not done, and takes all along', async () => {
    const options = { cluster: cluster.urls, shards: 1, prefix: 'moving', timeoutMs: 500 };
    const layer = redisLayer(options);
    await layer.ready();
    const inbox = new Inbox(layer, ['server!']);
    await layer.groupAdd('room', 'server!a');
    await layer.send('jobs', { id: 'before' });

    const move = await SlotMove.begin(cluster, 'moving:0');
    await expect(layer.send('jobs', { id: 'meanwhile' })).rejects.toMatchObject({
      executed: 'no',
      message: expect.stringContaining('ASK'),
    });
    await move.end();

    const refusals = await sendUntilAccepted(layer, 'after');
    expect(refusals.filter((executed) => executed !== 'no')).toEqual([]);
    const ids = (await take(layer, ['jobs'], 2)).map(({ content }) => content['id']);
    expect(ids).toEqual(['before', 'after']);
    await layer.groupSend('room', { id: 'to the room' });
    await inbox.came(1);
    expect(inbox.ids).toEqual(['to the room']);
    await layer.close();
  });
});

describe('a request for several keys, of which some have moved', () => {
  const [moved, left] = ['{several:0}:moved', '{several:0}:left'];

  it('is answered with TRYAGAIN: it is told as not done, and a shard asks again until it is', async () => {
    const shard = await openShard('several');
    const { link } = shard.connection;
    // No script of the layer names two keys: what does takes the place of the first try of one.
    const write = (value: string): Promise<unknown> => link.call('MSET', moved, value, left, value);
    await write('before');
    const move = await SlotMove.begin(cluster, 'several:0');
    await move.carry(moved);
    const tries = jest.spyOn(link, 'runWithin').mockImplementationOnce(() => write('meanwhile'));
    const answer = shard.run(new Script('return ARGV[1]'), 'done');
    await expect(tries.mock.results[0].value).rejects.toMatchObject({
      executed: 'no',
      message: expect.stringContaining('TRYAGAIN'),
    });
    await move.end();
    expect(String(await answer)).toBe('done');
    expect(String(await link.call('MGET', moved, left))).toBe('before,before');
    shard.connection.close();
    shard.close();
  });
});
