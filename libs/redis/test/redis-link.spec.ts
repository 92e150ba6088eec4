import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { systemClock } from '@nest-channels/core';
import { RedisLink } from '../src/redis-link.js';
import { Script } from '../src/scripts.js';
import { TestRedis } from './support/layers.js';

let redis: TestRedis;
let link: RedisLink;

beforeAll(async () => {
  redis = await TestRedis.start();
});
afterEach(() => link.close());
afterAll(() => redis.stop());

function open(timeoutMs = 1_000): Promise<void> {
  const address = { host: '127.0.0.1', port: redis.server.port };
  return new Promise((resolve) => {
    link = new RedisLink({
      address,
      clock: systemClock,
      timeoutMs,
      silenceMs: 5_000,
      onConnected: resolve,
    });
    link.open();
  });
}

describe('a link', () => {
  it('runs a script that Redis has not seen yet, or has forgotten', async () => {
    await open();
    const script = new Script('return ARGV[1]');
    expect(String(await link.run(script, 'root', 'once'))).toBe('once');
    await link.call('SCRIPT', 'FLUSH');
    expect(String(await link.run(script, 'root', 'again'))).toBe('again');
  });

  it('makes scripts known at once, and goes on where that is not allowed', async () => {
    await open();
    const script = new Script('return ARGV[1]');
    await link.load([script]);
    expect(await link.call('SCRIPT', 'EXISTS', script.sha)).toEqual([1]);
    await link.call('ACL', 'SETUSER', 'default', '-script|load');
    await link.load([new Script('return 1')]);
    expect(String(await link.run(new Script('return 2'), 'root'))).toBe('2');
    await link.call('ACL', 'SETUSER', 'default', '+script|load');
  });

  it('ends a call in time, and then does not know what became of it', async () => {
    await open(50);
    await expect(link.call('BLPOP', 'nothing', 1)).rejects.toMatchObject({
      code: 'CHANNELS_LAYER_UNAVAILABLE',
      executed: 'unknown',
    });
  });

  it('knows that Redis did nothing when it refused', async () => {
    await open();
    await link.call('CONFIG', 'SET', 'maxmemory', 1);
    const outcome = await link.call('SET', 'key', 'value').catch((error: unknown) => error);
    await link.call('CONFIG', 'SET', 'maxmemory', 0);
    expect(outcome).toMatchObject({ executed: 'no', message: expect.stringContaining('OOM') });
  });

  it('refuses at once, and for certain, when it is not connected', async () => {
    await open();
    link.close();
    await expect(link.call('PING')).rejects.toMatchObject({ executed: 'no' });
    expect(link.isReady).toBe(false);
  });
});
