import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { readEntry, writeEntry } from '../src/channel-loop.js';
import { Inbox, take, TestRedis } from './support/layers.js';
import { range } from './support/range.js';

let redis: TestRedis;

beforeAll(async () => {
  redis = await TestRedis.start();
});
afterEach(() => redis.closeLayers());
afterAll(() => redis.stop());

describe('an entry of a list', () => {
  it('is read as it was written', () => {
    const message = { channels: ['jobs'], sentAt: 1_700_000_000_123, body: Buffer.from('body') };
    expect(readEntry('jobs', writeEntry(message))).toEqual(message);
  });
});

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
});
