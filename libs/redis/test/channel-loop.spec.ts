import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { Keys } from '../src/keys.js';
import { Inbox, take, TestRedis } from './support/layers.js';
import { range } from './support/range.js';

let redis: TestRedis;

beforeAll(async () => {
  redis = await TestRedis.start();
});
afterEach(() => redis.closeLayers());
afterAll(() => redis.stop());

describe('the loop over normal channels', () => {
  it('leaves to other processes what an aborted receive did not get', async () => {
    const [one, two] = [redis.layer({ prefix: 'abort' }), redis.layer({ prefix: 'abort' })];
    const controller = new AbortController();
    const aborted = one.receive(['jobs'], { signal: controller.signal });
    await one.send('warm', {});
    await take(one, ['warm']);
    controller.abort();
    expect(await aborted).toEqual([]);
    for (const id of range(3)) await one.send('jobs', { id });
    const came = await take(two, ['jobs'], 3);
    expect(came.map(({ content }) => content['id'])).toEqual([0, 1, 2]);
  });

  it('shares the messages of a channel among processes, each once', async () => {
    const [one, two] = [redis.layer({ prefix: 'share' }), redis.layer({ prefix: 'share' })];
    const inboxes = [new Inbox(one, ['jobs']), new Inbox(two, ['jobs'])];
    await Promise.all(range(200).map((id) => one.send('jobs', { id })));
    const all = (): unknown[] => inboxes.flatMap(({ ids }) => ids);
    while (all().length < 200) await new Promise((resolve) => setImmediate(resolve));
    expect(new Set(all()).size).toBe(200);
  });

  it('gives nothing to a process that is gone, although it waited', async () => {
    const layer = redis.layer({ prefix: 'ghost' });
    const client = redis.client();
    const { root } = new Keys('ghost');
    await client.zadd(`${root}r:jobs`, 0, 'ghost');
    await client.set(`${root}wt:ghost`, '1 5');
    await layer.send('jobs', { id: 1 });
    expect((await take(layer, ['jobs']))[0].content).toEqual({ id: 1 });
    expect(await client.exists(`${root}t:ghost`, `${root}r:ghost`)).toBe(0);
  });

  it('asks for a channel again whose message it gave back', async () => {
    const [one, two] = [redis.layer({ prefix: 'again' }), redis.layer({ prefix: 'again' })];
    const controller = new AbortController();
    const aborted = one.receive(['jobs'], { signal: controller.signal });
    await two.send('jobs', { id: 'first' });
    expect((await aborted)[0].content).toEqual({ id: 'first' });
    const late = one.receive(['jobs'], { signal: controller.signal });
    await new Promise((resolve) => setImmediate(resolve));
    controller.abort();
    expect(await late).toEqual([]);
    await two.send('jobs', { id: 'second' });
    const taken = take(one, ['jobs']);
    expect((await taken)[0].content).toEqual({ id: 'second' });
  });

  it('leaves nothing in Redis of what was handed over, except the last of it', async () => {
    const [one, two] = [redis.layer({ prefix: 'left' }), redis.layer({ prefix: 'left' })];
    const inbox = new Inbox(one, ['jobs']);
    for (const id of range(20)) await two.send('jobs', { id });
    await inbox.came(20);
    const client = redis.client();
    const [stream] = await client.keys(`${new Keys('left').root}t:*`);
    await two.send('jobs', { id: 20 });
    await inbox.came(21);
    expect(await client.xlen(stream)).toBeLessThan(3);
  });
});
