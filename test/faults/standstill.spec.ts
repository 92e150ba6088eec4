import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { delay, systemClock } from '@nest-channels/core';
import { type RedisLayer, redisLayer } from '@nest-channels/redis';
import { Inbox, told } from '../../libs/redis/test/support/layers.js';
import { RedisServer } from '../../libs/redis/test/support/redis-server.js';
import { FaultProxy } from './kit/fault-proxy.js';

const EXPIRY_MS = 300;
const CAPACITY = 5;

let redis: RedisServer;
let proxy: FaultProxy;
let server: RedisLayer;
let worker: RedisLayer;
let inbox: Inbox;

beforeAll(async () => {
  redis = await RedisServer.start();
  proxy = await FaultProxy.start(redis.port);
  const options = { expiryMs: EXPIRY_MS, mailboxCapacity: CAPACITY, timeoutMs: 10_000 };
  server = redisLayer({ url: `redis://127.0.0.1:${proxy.port}`, ...options });
  worker = redisLayer({ url: redis.url, ...options });
  inbox = new Inbox(server, ['server!']);
  await server.groupAdd('room', 'server!a');
  await worker.groupSend('room', { id: 'before' });
  await inbox.came(1);
});
afterAll(async () => {
  await Promise.all([server, worker].map((layer) => layer.close()));
  await proxy.close();
  await redis.stop();
});

/** Lets the server hear nothing for longer than messages live, while so many are sent. */
async function standStill(messages: number): Promise<void> {
  proxy.blackHole();
  for (let count = 0; count < messages; count++) await worker.groupSend('room', { id: 'missed' });
  await delay(systemClock, 2 * EXPIRY_MS);
}

describe('a server that stood still for longer than messages live', () => {
  it('still has its connections in their groups when it finds what it missed', async () => {
    const expired = told(server, 'expired');
    await standStill(1);
    proxy.heal();
    await expired;
    expect(await worker.groupChannels('room')).toEqual(['server!a']);
  });

  it('still has them when others made room in its mailbox meanwhile', async () => {
    const expired = told(worker, 'expired');
    await standStill(CAPACITY);
    await worker.groupSend('room', { id: 'after' });
    await expired;
    expect(await worker.groupChannels('room')).toEqual(['server!a']);
    proxy.heal();
  });
});
