import { EventEmitter } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { bufferOf, RedisSession } from '../src/redis-session.js';
import { Inbox, take, TestRedis, told } from './support/layers.js';

let redis: TestRedis;

beforeAll(async () => {
  redis = await TestRedis.start();
});
afterEach(() => redis.closeLayers());
afterAll(() => redis.stop());

describe('a session that is told nothing', () => {
  const { capacities, limits } = new RedisSession({}, new EventEmitter());

  it('has room for 1,000 messages in a channel, and for 10,000 in a mailbox', () => {
    expect([capacities.of('jobs'), capacities.of('server!')]).toEqual([1_000, 10_000]);
  });

  it('keeps messages and leases for a minute, and gives each call a second', () => {
    expect(limits).toMatchObject({ expiryMs: 60_000, leaseMs: 60_000, timeoutMs: 1_000 });
  });
});

describe('a flush', () => {
  it('is told to the other processes, which go on as if nothing had been sent', async () => {
    const [server, worker] = [redis.layer({ prefix: 'flush' }), redis.layer({ prefix: 'flush' })];
    const inbox = new Inbox(server, ['server!']);
    await worker.groupAdd('room', 'server!a');
    await worker.groupSend('room', { id: 1 });
    await inbox.came(1);
    const reset = told(server, 'reset');
    await worker.flush();
    await reset;
    await worker.groupSend('room', { id: 2 });
    await worker.groupAdd('room', 'server!b');
    await worker.groupSend('room', { id: 3 });
    await inbox.came(2);
    expect(inbox.messages[1]).toEqual({ channels: ['server!b'], content: { id: 3 } });
  });

  it('leaves other prefixes alone, also one that is a pattern of this', async () => {
    const [one, other] = [redis.layer({ prefix: 'on*' }), redis.layer({ prefix: 'one' })];
    await other.send('jobs', { id: 1 });
    await one.flush();
    expect((await take(other, ['jobs']))[0].content).toEqual({ id: 1 });
  });
});

describe('bytes for Redis', () => {
  it('are what a view shows, without a copy', () => {
    const bytes = new Uint8Array([1, 2, 3, 4]);
    const buffer = bufferOf(bytes.subarray(1, 3));
    expect([...buffer]).toEqual([2, 3]);
    expect(buffer.buffer).toBe(bytes.buffer);
  });
});
