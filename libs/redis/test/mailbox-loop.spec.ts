import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Received } from '@nest-channels/core';
import type { Redis } from 'ioredis';
import { Keys } from '../src/keys.js';
import { Inbox, take, TestRedis, told } from './support/layers.js';
import { range } from './support/range.js';
import { until } from './support/redis-cluster.js';

let redis: TestRedis;

beforeAll(async () => {
  redis = await TestRedis.start();
});
afterEach(() => redis.closeLayers());
afterAll(() => redis.stop());

/** Lists what Redis was asked to do meanwhile, and once more, so that all of it is told. */
async function monitored(client: Redis, work: () => Promise<void>): Promise<string[][]> {
  const monitor = await client.monitor();
  const commands: string[][] = [];
  monitor.on('monitor', (_time: string, args: string[]) => commands.push(args));
  await work();
  await client.echo('end');
  while (!commands.some(([name]) => name.toLowerCase() === 'echo')) await once(monitor, 'monitor');
  monitor.disconnect();
  return commands;
}

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

  it('lets go first what is answered at once, before it asks for more', async () => {
    const [server, worker] = [redis.layer({ prefix: 'first' }), redis.layer({ prefix: 'first' })];
    const handle = async ({ content }: Received): Promise<void> => {
      // A handler has to be found, called and awaited.
      for (let step = 0; step < 50; step++) await Promise.resolve();
      await server.send('client!a', content);
    };
    server.subscribe(['server!'], (message) => void handle(message));
    const answers = new Inbox(worker, ['client!']);
    await worker.send('server!a', { id: 'warm-up' });
    await answers.came(1);
    const commands = await monitored(redis.client(), async () => {
      await worker.send('server!a', { id: 'question' });
      await answers.came(2);
    });
    const isAnswer = (args: string[]): boolean => args.includes('client!');
    const isWait = (args: string[]): boolean =>
      args[0] === 'XREAD' && args.some((key) => key.endsWith('server!'));
    const asked = commands.findIndex((args) => args.includes('server!'));
    const next = commands.slice(asked).find((args) => isAnswer(args) || isWait(args));
    expect(next).toContain('client!');
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

  it('reads nothing again where a replica took over that had not got all', async () => {
    const [server, worker] = [redis.layer({ prefix: 'late' }), redis.layer({ prefix: 'late' })];
    const mailbox = new Keys('late').mailbox('server!');
    const client = redis.client();
    await worker.send('server!a', { id: 1 });
    const [[id, fields]] = await client.xrangeBuffer(mailbox, '-', '+');
    const inbox = new Inbox(server, ['server!']);
    await worker.send('server!a', { id: 2 });
    await inbox.came(2);
    await until(async () => (await client.xlen(mailbox)) === 0);
    await client.del(mailbox);
    await client.xadd(mailbox, id, ...fields);
    const gap = told(server, 'gap');
    await client.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await gap;
    // Both read again: each waits for what it is told.
    await until(async () => (await client.info('clients')).includes('blocked_clients:2'));
    await server.send('server!a', { id: 3 });
    await inbox.came(3);
    expect(inbox.ids).toEqual([1, 2, 3]);
  });

  it('reads nothing again where a replica took over from a master that had come back empty', async () => {
    const [server, worker] = [redis.layer({ prefix: 'old' }), redis.layer({ prefix: 'old' })];
    const keys = new Keys('old');
    const mailbox = keys.mailbox('server!');
    const client = redis.client();
    await worker.send('server!a', { id: 1 });
    const [[id, fields]] = await client.xrangeBuffer(mailbox, '-', '+');
    const inbox = new Inbox(server, ['server!']);
    await worker.send('server!a', { id: 2 });
    await inbox.came(2);
    await until(async () => (await client.xlen(mailbox)) === 0);
    const epoch = (await client.get(keys.epoch))!;
    for (const next of ['that of an empty one', epoch]) {
      await client.set(keys.epoch, next);
      await client.del(mailbox);
      if (next === epoch) await client.xadd(mailbox, id, ...fields);
      const back = told(server, 'reset');
      await client.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
      await back;
      await until(async () => (await client.info('clients')).includes('blocked_clients:2'));
    }
    await server.send('server!a', { id: 3 });
    await inbox.came(3);
    expect(inbox.ids).toEqual([1, 2, 3]);
  });
});
