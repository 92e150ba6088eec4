import { randomBytes } from 'node:crypto';
import { Codec } from '@nest-channels/core';
import { Redis } from 'ioredis';
import { frame } from '../../memory/content.mjs';

/** Makes equal messages differ. */
const RANDOM_BYTES = 12;
const CAPACITY = 10_000_000;
const EXPIRY_S = 60;
const WAIT_S = 5;

/** Puts back what an earlier receive took and did not confirm. */
const RESTORE = `
local taken = redis.call('ZRANGE', ARGV[1], 0, -1, 'WITHSCORES')
for index = 1, #taken, 2 do redis.call('ZADD', ARGV[2], taken[index + 1], taken[index]) end
redis.call('DEL', ARGV[1])`;

/**
 * Sends the commands that the Python layer (channels_redis 4.3) sends for each receive.
 *
 * What Python itself takes is not in it.
 *
 * @type {import('../throughput.mjs').Transport['receive']}
 */
export async function receive(port, channel, onMessage) {
  const client = new Redis(port, '127.0.0.1', { protocol: 2 });
  const waiting = new Redis(port, '127.0.0.1', { protocol: 2 });
  const codec = new Codec();
  const [key, inFlight] = [`asgi${channel}`, `asgi${channel}$inflight`];
  void takeAll();

  async function takeAll() {
    for (;;) {
      await client.eval(RESTORE, 0, inFlight, key);
      const came = await waiting.bzpopminBuffer(key, WAIT_S);
      if (!came) continue;
      const [, member, score] = came;
      await client.zadd(inFlight, String(score), member);
      codec.decode(member.subarray(RANDOM_BYTES));
      onMessage();
      await client.zpopmin(inFlight);
    }
  }
}

/**
 * Sends the commands that the Python layer sends for each send: four round trips.
 *
 * @type {import('../throughput.mjs').Transport['open']}
 */
export function open(port, channel) {
  const client = new Redis(port, '127.0.0.1', { protocol: 2 });
  const codec = new Codec();
  const key = `asgi${channel}`;
  return { send, close: () => client.disconnect() };

  /** @param {number} index */
  async function send(index) {
    const now = Date.now() / 1_000;
    await client.zremrangebyscore(key, 0, now - EXPIRY_S);
    if ((await client.zcount(key, '-inf', '+inf')) >= CAPACITY) throw new Error('full');
    const member = Buffer.concat([randomBytes(RANDOM_BYTES), codec.encode(frame(index))]);
    await client.zadd(key, String(now), member);
    await client.expire(key, EXPIRY_S);
  }
}
