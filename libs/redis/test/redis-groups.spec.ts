import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Inbox, TestRedis } from './support/layers.js';
import { range } from './support/range.js';

let redis: TestRedis;

beforeAll(async () => {
  redis = await TestRedis.start();
});
afterEach(() => redis.closeLayers());
afterAll(() => redis.stop());

describe('groups over processes', () => {
  it('take one request per send, however many members they have', async () => {
    const [server, worker] = [redis.layer({ prefix: 'cost' }), redis.layer({ prefix: 'cost' })];
    const inbox = new Inbox(server, ['server!']);
    await Promise.all(range(1_000).map((id) => server.groupAdd('room', `server!${id}`)));
    await worker.groupSend('room', { id: 'warm' });
    await inbox.came(1);
    const client = redis.client();
    await client.config('RESETSTAT');
    await worker.groupSend('room', { id: 1 });
    await inbox.came(2);
    const statistics = await client.info('commandstats');
    // A script that takes out of the mailbox what was handed over may have run, too.
    expect(calls(statistics, 'evalsha') - calls(statistics, 'xtrim')).toBe(1);
    expect(calls(statistics, 'xadd')).toBe(1);
    expect(inbox.messages[1].channels).toHaveLength(1_000);
  });

  it('reach only those who were members at the time of the send', async () => {
    const [server, worker] = [redis.layer({ prefix: 'when' }), redis.layer({ prefix: 'when' })];
    await worker.groupAdd('room', 'server!early');
    await worker.groupSend('room', { id: 1 });
    await worker.groupAdd('room', 'server!late');
    const inbox = new Inbox(server, ['server!']);
    await inbox.came(1);
    expect(inbox.messages[0].channels).toEqual(['server!early']);
  });

  it('follow what other processes add and take away', async () => {
    const [server, worker] = [redis.layer({ prefix: 'both' }), redis.layer({ prefix: 'both' })];
    const inbox = new Inbox(server, ['server!']);
    for (const local of ['a', 'b', 'c']) await worker.groupAdd('room', `server!${local}`);
    await server.groupSend('room', { id: 1 });
    await inbox.came(1);
    await worker.groupDiscard('room', 'server!b');
    await worker.closeChannel('server!c');
    await server.groupSend('room', { id: 2 });
    await inbox.came(2);
    const members = inbox.messages.map(({ channels }) => channels.toSorted());
    expect(members).toEqual([['server!a', 'server!b', 'server!c'], ['server!a']]);
  });

  it('have the members of a process that is gone for a minute, its lease, and no longer', async () => {
    const [server, worker] = [redis.layer({ prefix: 'gone' }), redis.layer({ prefix: 'gone' })];
    await server.groupAdd('room', 'server!a');
    await server.close();
    expect(await worker.groupChannels('room')).toEqual(['server!a']);
    const client = redis.client();
    const leftMs = await client.pttl('{gone}:cx:server!');
    expect(leftMs).toBeGreaterThan(0);
    expect(leftMs).toBeLessThanOrEqual(60_000);
    await client.pexpire('{gone}:cx:server!', 0);
    expect(await worker.groupChannels('room')).toEqual([]);
  });

  it('leave nothing in Redis that does not expire soon when the processes are gone', async () => {
    const layer = redis.layer({ prefix: 'lifetime', leaseMs: 5_000, groupExpiryMs: 60_000 });
    const inbox = new Inbox(layer, ['server!']);
    for (const channel of ['server!a', 'other!a', 'jobs']) await layer.groupAdd('room', channel);
    await layer.groupSend('room', { id: 1 });
    await inbox.came(1);
    const client = redis.client();
    const keys = await client.keys('{lifetime}:*');
    const lasting: string[] = [];
    for (const key of keys) {
      const lifetimeMs = await client.pttl(key);
      if (lifetimeMs < 0 || lifetimeMs > 130_000) lasting.push(key);
    }
    expect(keys.length).toBeGreaterThan(5);
    expect(lasting).toEqual([]);
  });
});

function calls(statistics: string, command: string): number {
  return Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(statistics)?.[1] ?? 0);
}
