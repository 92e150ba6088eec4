import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { RedisLayerOptions } from '@nest-channels/redis';
import { take, TestRedis } from './support/layers.js';

let redis: TestRedis;

beforeAll(async () => {
  redis = await TestRedis.start();
});
afterEach(() => redis.closeLayers());
afterAll(() => redis.stop());

const [one, other] = [randomBytes(32), randomBytes(32)];
const foreign = (difference: string) => ({
  code: 'CHANNELS_REDIS_LAYOUT_FOREIGN',
  message: expect.stringContaining(difference),
});

describe('the layout of a prefix', () => {
  it.each<[string, RedisLayerOptions, RedisLayerOptions, string]>([
    ['no key where others encrypt', { encryption: { keys: [one] } }, {}, 'the others encrypt'],
    ['a key where others do not', {}, { encryption: { keys: [one] } }, 'others do not encrypt'],
    [
      'another key',
      { encryption: { keys: [one] } },
      { encryption: { keys: [other] } },
      'the others have other keys',
    ],
  ])('keeps out a layer with %s', async (_what, first, second, difference) => {
    const prefix = randomBytes(8).toString('hex');
    await redis.layer({ prefix, ...first }).connected();
    const late = redis.layer({ prefix, ...second });
    await expect(late.connected()).rejects.toMatchObject(foreign(difference));
    await expect(late.send('jobs', {})).rejects.toMatchObject(foreign(difference));
  });

  it('keeps out of what something else uses', async () => {
    await redis.client().set('{theirs}:layout', 'of another program');
    const connected = redis.layer({ prefix: 'theirs' }).connected();
    await expect(connected).rejects.toMatchObject(foreign('something else'));
  });

  it('keeps out of a place where there is another kind of entry', async () => {
    await redis.client().rpush('{list}:layout', 'not ours');
    const connected = redis.layer({ prefix: 'list' }).connected();
    await expect(connected).rejects.toMatchObject(foreign('something else'));
  });

  it('goes from one key to the next, process by process', async () => {
    const prefix = 'rotation';
    const layerWith = (...keys: Buffer[]) => redis.layer({ prefix, encryption: { keys } });
    for (const keys of [[one], [one, other], [other, one], [other]]) {
      const layer = layerWith(...keys);
      await layer.send('jobs', { stage: keys.length });
      expect((await take(layer, ['jobs']))[0].content).toEqual({ stage: keys.length });
    }
    const late = layerWith(one).connected();
    await expect(late).rejects.toMatchObject(foreign('other keys'));
  });

  it('is there again after a flush', async () => {
    await redis.layer({ prefix: 'flushed' }).flush();
    const late = redis.layer({ prefix: 'flushed', encryption: { keys: [one] } });
    await expect(late.connected()).rejects.toMatchObject(foreign('others do not encrypt'));
  });
});

describe('an encrypted layer', () => {
  it('shows nobody what it carries', async () => {
    const layer = redis.layer({ prefix: 'secret', encryption: { keys: [one] } });
    await layer.send('jobs', { text: 'who is there' });
    const entries = await redis.client().lrangeBuffer('{secret}:q:jobs', 0, -1);
    expect(Buffer.concat(entries).includes('who is there')).toBe(false);
    expect((await take(layer, ['jobs']))[0].content).toEqual({ text: 'who is there' });
  });

  it('skips and counts a message that was moved to another channel', async () => {
    const layer = redis.layer({ prefix: 'moved', encryption: { keys: [one] } });
    await layer.send('jobs', { id: 1 });
    await redis.client().rename('{moved}:q:jobs', '{moved}:q:mail');
    await layer.send('mail', { id: 2 });
    expect((await take(layer, ['mail']))[0].content).toEqual({ id: 2 });
    expect(layer.malformedMessages).toBe(1);
  });

  it('leaves no key that stays for ever', async () => {
    const layer = redis.layer({ prefix: 'mortal', encryption: { keys: [one] } });
    await layer.send('jobs', { id: 1 });
    await layer.groupAdd('room', 'jobs');
    const client = redis.client();
    const keys = await client.keys('{mortal}:*');
    expect(keys.length).toBeGreaterThan(3);
    for (const key of keys)
      expect([key, await client.pttl(key)]).toEqual([key, expect.any(Number)]);
    const endless = await Promise.all(keys.map(async (key) => (await client.pttl(key)) < 0));
    expect(keys.filter((_, index) => endless[index])).toEqual([]);
  });
});
