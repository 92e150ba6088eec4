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

describe('the loop over mailboxes', () => {
  it('holds a part of a long mailbox, and reads on as that is taken', async () => {
    const [server, worker] = [redis.layer({ prefix: 'long' }), redis.layer({ prefix: 'long' })];
    await worker.send('server!a', { id: 'first' });
    await take(server, ['server!']);
    await Promise.all(range(3_000).map((id) => worker.send('server!a', { id })));
    const came = await take(server, ['server!'], 3_000);
    expect(came.map(({ content }) => content['id'])).toEqual(range(3_000));
  });

  it('takes out of Redis what was handed over', async () => {
    const [server, worker] = [redis.layer({ prefix: 'trim' }), redis.layer({ prefix: 'trim' })];
    const inbox = new Inbox(server, ['server!']);
    await Promise.all(range(10).map((id) => worker.send('server!a', { id })));
    await inbox.came(10);
    await server.close();
    expect(await redis.client().xlen(new Keys('trim').mailbox('server!'))).toBe(0);
  });

  it('skips and counts what is no message, and goes on behind it', async () => {
    const server = redis.layer({ prefix: 'foreign' });
    const keys = new Keys('foreign');
    const client = redis.client();
    await client.xadd(keys.mailbox('server!'), '*', 'what', 'ever');
    await client.xadd(keys.mailbox('server!'), '*', 'c', 'server!a', 'd', 'no MessagePack');
    await client.rpush(keys.queue('jobs'), 'short', 'neither is this a message');
    await server.send('server!a', { id: 1 });
    await server.send('jobs', { id: 2 });
    expect((await take(server, ['server!']))[0].content).toEqual({ id: 1 });
    expect((await take(server, ['jobs']))[0].content).toEqual({ id: 2 });
    expect(server.malformedMessages).toBe(4);
  });
});
