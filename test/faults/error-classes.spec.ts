import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Content } from '@nest-channels/core';
import { type RedisLayer, redisLayer } from '@nest-channels/redis';
import type { Redis } from 'ioredis';
import { Keys } from '../../libs/redis/src/keys.js';
import { Inbox, take, TestRedis } from '../../libs/redis/test/support/layers.js';
import { range } from '../../libs/redis/test/support/range.js';
import { REDIS } from '../../libs/redis/test/support/redis-process.js';
import { PROGRAMS, VALKEY } from '../../libs/redis/test/support/valkey.js';
import { FaultProxy } from './kit/fault-proxy.js';

/** Is the deadline of every call. */
const TIMEOUT_MS = 1_000;

let redis: TestRedis;
let admin: Redis;
const proxies = new Set<FaultProxy>();

if (!VALKEY) it.skip('the same over Valkey', () => undefined);

async function start(program: string, ...settings: string[]): Promise<void> {
  redis = await TestRedis.of(program, ...settings);
  admin = redis.client();
}

async function connected(port = redis.server.port): Promise<RedisLayer> {
  const layer = redis.layer({ url: `redis://127.0.0.1:${port}`, timeoutMs: TIMEOUT_MS });
  await layer.connected();
  return layer;
}

async function proxied(): Promise<{ proxy: FaultProxy; layer: RedisLayer }> {
  const proxy = await FaultProxy.start(redis.server.port);
  proxies.add(proxy);
  return { proxy, layer: await connected(proxy.port) };
}

afterEach(async () => {
  redis.server.thaw();
  await redis.closeLayers();
  for (const proxy of proxies) await proxy.close();
  proxies.clear();
  await redis.stop();
});

/** Sends until it is accepted; returns what was known of each send before. */
async function sendUntilAccepted(layer: RedisLayer, channel: string): Promise<unknown[]> {
  const refusals: unknown[] = [];
  for (let id = 0; ; id++) {
    const refusal = await layer.send(channel, { id }).then(() => undefined, asRefusal);
    if (refusal === undefined) return refusals;
    refusals.push(refusal);
    await turn();
  }
}

function asRefusal(error: { readonly code: string; readonly executed: string }): string {
  return `${error.code} ${error.executed}`;
}

const NOT_DONE = 'CHANNELS_LAYER_UNAVAILABLE no';
const UNKNOWN = 'CHANNELS_LAYER_UNAVAILABLE unknown';

describe.each(PROGRAMS)('an error that %s answers with before it does anything', (_, program) => {
  beforeEach(() => start(program, '--busy-reply-threshold', '50'));

  it.each<[error: string, begin: () => Promise<unknown>, end: () => Promise<unknown>]>([
    ['READONLY', () => admin.replicaof('127.0.0.1', 1), () => admin.call('REPLICAOF', 'NO', 'ONE')],
    [
      'NOREPLICAS',
      () => admin.config('SET', 'min-replicas-to-write', 1),
      () => admin.config('SET', 'min-replicas-to-write', 0),
    ],
    ['OOM', () => admin.config('SET', 'maxmemory', 1), () => admin.config('SET', 'maxmemory', 0)],
  ])('%s is told as not done, and nothing comes of it', async (error, begin, end) => {
    const layer = await connected();
    await layer.send('jobs', { id: 'before' });
    await begin();
    const refusal = layer.send('jobs', { id: 'refused' });
    await expect(refusal).rejects.toMatchObject({
      executed: 'no',
      message: expect.stringContaining(error),
    });
    await end();
    const refusals = await sendUntilAccepted(layer, 'jobs');
    expect(refusals.filter((each) => each !== NOT_DONE)).toEqual([]);
    await layer.send('jobs', { id: 'last' });
    const ids = (await take(layer, ['jobs'], 3)).map(({ content }) => content['id']);
    expect(ids).toEqual(['before', refusals.length, 'last']);
  });

  it('OOM lets what was accepted be received', async () => {
    const layer = await connected();
    for (const channel of ['jobs', 'server!a']) await layer.send(channel, { id: 'accepted' });
    await admin.config('SET', 'maxmemory', 1);
    for (const channel of ['jobs', 'server!']) {
      expect((await take(layer, [channel]))[0].content).toEqual({ id: 'accepted' });
    }
    await admin.config('SET', 'maxmemory', 0);
  });

  it('MISCONF is told as not done', async () => {
    const layer = await connected();
    const dir = await admin.config('GET', 'dir');
    await admin.config('SET', 'save', '1 1');
    // A folder of that name cannot be replaced by a file.
    await mkdir(`${dir[1]}/dump.rdb/x`, { recursive: true });
    await layer.send('jobs', { id: 'before' });
    await admin.call('BGSAVE');
    while (!(await admin.info('persistence')).includes('rdb_last_bgsave_status:err')) {
      await turn();
    }
    await expect(layer.send('jobs', { id: 'refused' })).rejects.toMatchObject({
      executed: 'no',
      message: expect.stringContaining('MISCONF'),
    });
    await admin.config('SET', 'save', '');
    expect(await sendUntilAccepted(layer, 'jobs')).toEqual([]);
  });

  it('BUSY is told as not done', async () => {
    const layer = await connected();
    const endless = redis.client();
    const ended = endless.eval('while true do end', 0).catch((error: Error) => error.message);
    let refusal: { executed?: string; message?: string } = {};
    // Redis answers so only when the script has run for a while; until then it does not answer.
    while (!refusal.message?.includes('BUSY')) {
      refusal = await layer.send('jobs', { id: 0 }).then(
        () => ({}),
        (error: Error) => error,
      );
      await turn();
    }
    expect(refusal.executed).toBe('no');
    await admin.call('SCRIPT', 'KILL');
    await ended;
    await sendUntilAccepted(layer, 'jobs');
  });

  it('NOSCRIPT costs nothing: the script is sent along once', async () => {
    const layer = await connected();
    await layer.send('jobs', { id: 1 });
    await admin.script('FLUSH');
    await layer.send('jobs', { id: 2 });
    await admin.script('FLUSH');
    await layer.groupAdd('room', 'jobs');
    await admin.script('FLUSH');
    await layer.groupSend('room', { id: 3 });
    const ids = (await take(layer, ['jobs'], 3)).map(({ content }) => content['id']);
    expect(ids).toEqual([1, 2, 3]);
  });
});

describe.each(PROGRAMS)('a key in %s that somebody else has put under the prefix', (_, program) => {
  beforeEach(() => start(program));

  it.each([
    ['jobs', 'jobs', 'q:jobs'],
    ['server!', 'server!a', 'b:server!'],
  ])('is removed and counted, and those who read %s and others go on', async (name, to, key) => {
    const layer = await connected();
    const inbox = new Inbox(layer, [name, 'others']);
    await layer.send(to, { id: 'first' });
    await inbox.came(1);
    await admin.set(`${new Keys('nest-channels').root}${key}`, 'foreign');
    await sendUntilAccepted(layer, to);
    await layer.send('others', { id: 'other' });
    await inbox.came(3);
    expect(layer.malformedMessages).toBe(1);
  });
});

describe.each(PROGRAMS)('a %s that loads its data for long', (_, program) => {
  it('LOADING is told as not done, and over when it has loaded', async () => {
    const slowly = ['--key-load-delay', '300', '--loading-process-events-interval-bytes', '1024'];
    await start(program, ...slowly);
    const layer = await connected();
    const keys = range(3_000).flatMap((key) => [`loading:${key}`, 'x'.repeat(64)]);
    await admin.mset(...keys);
    await layer.send('jobs', { id: 'saved' });
    await admin.save();
    await redis.server.kill();
    const back = once(layer.events, 'gap');
    const started = redis.server.start();
    await expect(layer.send('jobs', { id: 0 })).rejects.toMatchObject({ executed: 'no' });
    const early = redisLayer({ url: redis.server.url, timeoutMs: 50 });
    await expect(early.connected()).rejects.toMatchObject({ executed: 'no' });
    await early.close();
    await Promise.all([started, back]);
    await layer.send('jobs', { id: 'after' });
    const ids = (await take(layer, ['jobs'], 2)).map(({ content }) => content['id']);
    expect(ids).toEqual(['saved', 'after']);
  });
});

describe('a request whose answer does not come', () => {
  beforeEach(() => start(REDIS));

  it.each<[what: string, send: (layer: RedisLayer, id: string) => Promise<unknown>]>([
    ['a send', (layer, id) => layer.send('server!a', { id })],
    ['a group send', (layer, id) => layer.groupSend('room', { id })],
  ])('is told as unknown and not repeated when the connection is cut: %s', async (_what, send) => {
    const reader = await connected();
    const { proxy, layer } = await proxied();
    const inbox = new Inbox(reader, ['server!']);
    await reader.groupAdd('room', 'server!a');
    await send(layer, 'first');
    const back = once(layer.events, 'gap');
    proxy.cutAfter((request) => request.includes('EVALSHA'));
    await expect(send(layer, 'cut')).rejects.toMatchObject({ executed: 'unknown' });
    proxy.heal();
    await back;
    await send(layer, 'last');
    await inbox.came(3);
    expect([inbox.ids, proxy.cuts]).toEqual([['first', 'cut', 'last'], 1]);
  });

  it('is told as unknown when the deadline is over, and what waited behind it as not done', async () => {
    const layer = await connected();
    await layer.send('jobs', { id: 'before' });
    redis.server.freeze();
    const first = layer.send('jobs', { id: 'frozen' }).catch(asRefusal);
    await turn();
    const second = layer.send('jobs', { id: 'behind' }).catch(asRefusal);
    expect(await Promise.all([first, second])).toEqual([UNKNOWN, NOT_DONE]);
    redis.server.thaw();
    await sendUntilAccepted(layer, 'others');
    const contents: Content[] = [];
    await layer.send('jobs', { id: 'last' });
    while (contents.at(-1)?.['id'] !== 'last') {
      contents.push((await take(layer, ['jobs']))[0].content);
    }
    const ids = contents.map(({ id }) => id);
    expect([
      ['before', 'last'],
      ['before', 'frozen', 'last'],
    ]).toContainEqual(ids);
  });

  it('is done when a pause of writes is shorter than the deadline', async () => {
    const layer = await connected();
    await admin.call('CLIENT', 'PAUSE', 300, 'WRITE');
    await layer.send('jobs', { id: 'paused' });
    expect((await take(layer, ['jobs']))[0].content).toEqual({ id: 'paused' });
  });
});
