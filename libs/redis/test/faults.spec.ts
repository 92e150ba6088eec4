import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { RedisLayer, RedisLayerOptions } from '@nest-channels/redis';
import { range } from './support/range.js';
import { Inbox, take, TestRedis, told } from './support/layers.js';

let redis: TestRedis;

beforeAll(async () => {
  redis = await TestRedis.start();
});
afterEach(async () => {
  redis.server.thaw();
  await redis.closeLayers();
});
afterAll(() => redis.stop());

async function pair(
  prefix: string,
  options: RedisLayerOptions = {},
): Promise<[server: RedisLayer, worker: RedisLayer]> {
  const layers = [
    redis.layer({ prefix, ...options }),
    redis.layer({ prefix, ...options }),
  ] as const;
  await Promise.all(layers.map((layer) => layer.connected()));
  return [...layers];
}

/** Sends what a layer takes, and tells what was not refused for certain. */
async function sendThroughFaults(layer: RedisLayer, channel: string, ids: readonly number[]) {
  const outcomes = await Promise.allSettled(ids.map((id) => layer.send(channel, { id })));
  return outcomes.map(({ status }) => status);
}

async function killConnections(): Promise<void> {
  await redis.client().call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
}

describe('a Redis that was restarted empty', () => {
  it('leaves nobody deaf: mailboxes, normal channels, and members that a worker added', async () => {
    const [server, worker] = await pair('restarted');
    const inbox = new Inbox(server, ['server!']);
    await worker.groupAdd('room', 'server!early');
    await server.groupSend('room', { id: 'before' });
    await inbox.came(1);
    await server.groupAdd('room', 'server!a');
    await worker.groupAdd('room', 'jobs');

    const resets = Promise.all([told(server, 'reset'), told(worker, 'reset')]);
    await redis.server.kill();
    await redis.server.start();
    await resets;

    await worker.groupSend('room', { id: 'after' });
    await inbox.came(2);
    expect(inbox.ids).toEqual(['before', 'after']);
    expect(inbox.messages[1].channels.toSorted()).toEqual(['server!a', 'server!early']);
    const [job] = await take(worker, ['jobs']);
    expect(job.content).toEqual({ id: 'after' });
    await worker.send('server!a', { id: 'direct' });
    await inbox.came(3);
  });
});

describe('connections that are killed', () => {
  it('repeat nothing and reorder nothing, and a mailbox loses nothing that was accepted', async () => {
    const [server, worker] = await pair('killed');
    const inbox = new Inbox(server, ['server!']);
    const accepted: number[] = [];
    for (const round of range(5)) {
      const ids = range(50).map((index) => round * 50 + index);
      const gap = told(worker, 'gap');
      const sending = sendThroughFaults(worker, 'server!a', ids);
      await killConnections();
      const outcomes = await sending;
      accepted.push(...ids.filter((_, index) => outcomes[index] === 'fulfilled'));
      await gap;
    }
    await worker.send('server!a', { id: 'last' });
    while (!inbox.ids.includes('last')) await inbox.came(inbox.messages.length + 1);
    const ids = inbox.ids.slice(0, -1) as number[];
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(ids.toSorted((a, b) => a - b));
    expect(accepted.filter((id) => !ids.includes(id))).toEqual([]);
  });

  it('repeat nothing and lose nothing that was accepted on a normal channel', async () => {
    const [server, worker] = await pair('killed-jobs');
    const inbox = new Inbox(worker, ['jobs']);
    const accepted: number[] = [];
    for (const round of range(5)) {
      const ids = range(50).map((index) => round * 50 + index);
      const gap = told(server, 'gap');
      const sending = sendThroughFaults(server, 'jobs', ids);
      await killConnections();
      const outcomes = await sending;
      accepted.push(...ids.filter((_, index) => outcomes[index] === 'fulfilled'));
      await gap;
    }
    await server.send('jobs', { id: 'last' });
    while (!inbox.ids.includes('last')) await inbox.came(inbox.messages.length + 1);
    expect(new Set(inbox.ids).size).toBe(inbox.ids.length);
    expect(accepted.filter((id) => !inbox.ids.includes(id))).toEqual([]);
  });

  it('of the reader alone lose nothing that is sent meanwhile', async () => {
    const [server, worker] = await pair('killed-reader', { capacity: 10_000 });
    const inbox = new Inbox(worker, ['jobs']);
    await server.send('jobs', { id: 'first' });
    await inbox.came(1);
    const client = redis.client();
    const waiting = String(await client.call('CLIENT', 'LIST')).split('\n');
    const readers = waiting.filter((line) => line.includes('cmd=xread'));
    expect(readers).toHaveLength(2);
    for (const round of range(10)) {
      const sends = range(300).map((id) => server.send('jobs', { id: round * 300 + id }));
      const list = String(await client.call('CLIENT', 'LIST')).split('\n');
      for (const line of list.filter((each) => each.includes('cmd=xread'))) {
        await client.call('CLIENT', 'KILL', 'ID', /id=(\d+)/.exec(line)![1]);
      }
      await Promise.all(sends);
    }
    await inbox.came(3_001);
    expect(new Set(inbox.ids).size).toBe(3_001);
    expect(inbox.ids.slice(1)).toEqual(range(3_000));
  });
});

describe('a frozen Redis', () => {
  it('lets every call settle in time, with what is known, and goes on when it thaws', async () => {
    const [server, worker] = await pair('frozen', { timeoutMs: 1_000 });
    await server.send('jobs', { id: 0 });
    redis.server.freeze();
    const start = performance.now();
    const calls = [
      ...range(300).map((id) => server.send('jobs', { id })),
      server.groupAdd('room', 'server!a'),
      server.groupSend('room', { id: 1 }),
      server.groupChannels('room'),
      server.closeChannel('server!a'),
      server.flush(),
    ];
    const outcomes = await Promise.allSettled(calls);
    const elapsedMs = performance.now() - start;
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({
        status: 'rejected',
        reason: { code: 'CHANNELS_LAYER_UNAVAILABLE' },
      });
    }
    const executed = outcomes.map((each) => (each as PromiseRejectedResult).reason.executed);
    expect(executed.slice(0, 300)).toContain('unknown');
    expect(executed.slice(0, 300)).toContain('no');
    expect(elapsedMs).toBeLessThan(3_000);
    redis.server.thaw();
    await take(worker, ['jobs']);
    await worker.send('others', { id: 'thawed' });
    expect((await take(server, ['others']))[0].content).toEqual({ id: 'thawed' });
  });
});
