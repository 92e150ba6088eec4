import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RedisLayer, redisLayer } from '@nest-channels/redis';
import { Inbox, take } from '../../libs/redis/test/support/layers.js';
import { RedisCluster } from '../../libs/redis/test/support/redis-cluster.js';
import type { RedisServer } from '../../libs/redis/test/support/redis-server.js';

const TAG = 'moving:0';

let cluster: RedisCluster;
let layer: RedisLayer;

beforeAll(async () => {
  cluster = await RedisCluster.start();
  layer = redisLayer({ cluster: cluster.urls, shards: 1, prefix: 'moving', timeoutMs: 500 });
  await layer.ready();
});
afterAll(async () => {
  await layer.close();
  await cluster.stop();
});

/** Returns the node that has the keys of a slot. */
async function ownerOf(slot: number): Promise<RedisServer> {
  for (const node of cluster.nodes) {
    if (Number(await node.ask('CLUSTER', 'COUNTKEYSINSLOT', slot)) > 0) return node;
  }
  throw new Error('nobody has the slot');
}

const idOf = async (node: RedisServer): Promise<string> =>
  String(await node.ask('CLUSTER', 'MYID'));

/** Sends until it is accepted; returns what was known of each send before. */
async function sendUntilAccepted(id: string): Promise<unknown[]> {
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

describe('a slot that moves to another node of a cluster', () => {
  it('is answered with ASK and MOVED, which are told as not done, and takes all along', async () => {
    const inbox = new Inbox(layer, ['server!']);
    await layer.groupAdd('room', 'server!a');
    await layer.send('jobs', { id: 'before' });
    const slot = Number(await cluster.nodes[0].ask('CLUSTER', 'KEYSLOT', `{${TAG}}`));
    const source = await ownerOf(slot);
    const target = cluster.nodes.find((node) => node !== source)!;
    const [from, to] = await Promise.all([idOf(source), idOf(target)]);

    await target.ask('CLUSTER', 'SETSLOT', slot, 'IMPORTING', from);
    await source.ask('CLUSTER', 'SETSLOT', slot, 'MIGRATING', to);
    await expect(layer.send('jobs', { id: 'meanwhile' })).rejects.toMatchObject({
      executed: 'no',
      message: expect.stringContaining('ASK'),
    });
    const keys = (await source.ask('CLUSTER', 'GETKEYSINSLOT', slot, 1_000)) as string[];
    await source.ask('MIGRATE', '127.0.0.1', target.port, '', 0, 5_000, 'KEYS', ...keys);
    for (const node of [target, source]) await node.ask('CLUSTER', 'SETSLOT', slot, 'NODE', to);

    const refusals = await sendUntilAccepted('after');
    expect(refusals.filter((executed) => executed !== 'no')).toEqual([]);
    const ids = (await take(layer, ['jobs'], 2)).map(({ content }) => content['id']);
    expect(ids).toEqual(['before', 'after']);
    await layer.groupSend('room', { id: 'to the room' });
    await inbox.came(1);
    expect(inbox.ids).toEqual(['to the room']);
  });
});
