import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { RedisLayer, RedisLayerOptions } from '@nest-channels/redis';
import { shardOf } from '../src/routing.js';
import { Inbox, take, TestRedis, told } from './support/layers.js';
import { range } from './support/range.js';

let redis: TestRedis;
let second: TestRedis;

beforeAll(async () => {
  [redis, second] = await Promise.all([TestRedis.start(), TestRedis.start()]);
});
afterEach(() => redis.closeLayers());
afterAll(() => Promise.all([redis.stop(), second.stop()]));

function layer(options: RedisLayerOptions = {}): RedisLayer {
  const hosts = [redis.server.url, second.server.url];
  return redis.layer({ url: undefined, hosts, ...options });
}

/** Returns names that live on one of two shards. */
function namesOn(shard: number, pattern: (id: number) => string, count: number): string[] {
  const names = range(1_000).map((id) => pattern(id));
  return names.filter((name) => shardOf(name, 2) === shard).slice(0, count);
}

describe('several servers', () => {
  it('have each channel on one of them, and a process reads them side by side', async () => {
    const [server, worker] = [layer({ prefix: 'spread' }), layer({ prefix: 'spread' })];
    const names = [0, 1].flatMap((shard) => [
      ...namesOn(shard, (id) => `jobs.${id}`, 2),
      ...namesOn(shard, (id) => `server.${id}!`, 2),
    ]);
    const inbox = new Inbox(server, names);
    for (const name of names) await worker.send(name, { id: name });
    await inbox.came(names.length);
    expect(new Set(inbox.ids)).toEqual(new Set(names));
    const counts = await Promise.all(
      [redis, second].map((each) => each.client().keys('{spread}:*')),
    );
    for (const keys of counts) expect(keys.length).toBeGreaterThan(3);
  });

  it('take one request each for a group send, and every member gets it once', async () => {
    const [server, worker] = [layer({ prefix: 'group' }), layer({ prefix: 'group' })];
    const mailboxes = [0, 1].flatMap((shard) => namesOn(shard, (id) => `server.${id}!`, 2));
    const inbox = new Inbox(server, mailboxes);
    for (const mailbox of mailboxes) await worker.groupAdd('room', `${mailbox}a`);
    await worker.groupAdd('room', 'jobs');
    await worker.groupSend('room', { id: 1 });
    await inbox.came(4);
    const members = [...mailboxes.map((mailbox) => `${mailbox}a`), 'jobs'].toSorted();
    expect((await worker.groupChannels('room')).toSorted()).toEqual(members);
    expect(inbox.messages.flatMap(({ channels }) => channels)).toHaveLength(4);
    expect((await take(worker, ['jobs']))[0].content).toEqual({ id: 1 });
  });

  it('are flushed together, which is told once', async () => {
    const [server, worker] = [layer({ prefix: 'flush' }), layer({ prefix: 'flush' })];
    const names = [0, 1].flatMap((shard) => namesOn(shard, (id) => `jobs.${id}`, 1));
    for (const name of names) await worker.send(name, { id: 'old' });
    await server.connected();
    let resets = 0;
    server.events.on('reset', () => resets++);
    const reset = told(server, 'reset');
    await worker.flush();
    await reset;
    for (const name of names) await worker.send(name, { id: 'new' });
    const came = [...(await take(server, [names[0]])), ...(await take(server, [names[1]]))];
    expect(came.map(({ content }) => content['id'])).toEqual(['new', 'new']);
    expect(resets).toBe(1);
  });

  it('that are given in another order, or alone, are refused', async () => {
    await layer({ prefix: 'order' }).connected();
    const refused = { code: 'CHANNELS_REDIS_LAYOUT_FOREIGN' };
    const swapped = layer({ prefix: 'order', hosts: [second.server.url, redis.server.url] });
    await expect(swapped.connected()).rejects.toMatchObject(refused);
    const alone = redis.layer({ prefix: 'order' });
    await expect(alone.connected()).rejects.toMatchObject({
      ...refused,
      message: expect.stringContaining('shard 1 of 2, routing 1, here shard 1 of 1'),
    });
    await expect(alone.send('jobs', {})).rejects.toMatchObject(refused);
  });
});

describe('one of several servers that is gone', () => {
  it('leaves the channels of the others usable, and what goes to all says that it may have been done', async () => {
    const other = await TestRedis.start();
    const hosts = [redis.server.url, other.server.url];
    const process = layer({ prefix: 'gone', hosts, timeoutMs: 1_000 });
    const [here] = namesOn(0, (id) => `jobs.${id}`, 1);
    const [there] = namesOn(1, (id) => `jobs.${id}`, 1);
    await process.connected();
    await other.stop();
    const lost = { code: 'CHANNELS_LAYER_UNAVAILABLE' };
    await expect(process.send(there, {})).rejects.toMatchObject({ ...lost, executed: 'no' });
    await process.send(here, { id: 1 });
    await process.groupAdd('room', here);
    const sent = process.groupSend('room', { id: 2 });
    await expect(sent).rejects.toMatchObject({ ...lost, executed: 'unknown' });
    const came = await take(process, [here], 2);
    expect(came.map(({ content }) => content['id'])).toEqual([1, 2]);
    await process.send(here, { id: 3 });
    await expect(process.flush()).rejects.toMatchObject(lost);
    await process.send(here, { id: 4 });
    expect((await take(process, [here]))[0].content).toEqual({ id: 4 });
  });
});
