import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { redisLayer } from '@nest-channels/redis';
import { failOver } from './support/failover.js';
import { Inbox, take, TestRedis, told } from './support/layers.js';
import { until } from './support/redis-cluster.js';
import { RedisSentinel } from './support/redis-sentinel.js';

let redis: TestRedis;

beforeAll(async () => {
  redis = await TestRedis.start('--busy-reply-threshold', '10');
});
afterEach(() => redis.closeLayers());
afterAll(() => redis.stop());

const isBusy = ({ message }: Error): boolean => message.startsWith('BUSY');

describe('a shard', () => {
  it('asks again as long as Redis is busy, within the time limit', async () => {
    const layer = redis.layer({ timeoutMs: 10_000 });
    await layer.connected();
    // Nobody is let in while Redis is busy.
    const [client, admin] = [redis.client(), redis.client()];
    await Promise.all([client.ping(), admin.ping()]);
    const endless = client.call('EVAL', 'while true do end', '0').catch(() => undefined);
    await until(() => admin.ping().then(() => false, isBusy));
    const sent = layer.send('jobs', { id: 1 });
    await admin.call('SCRIPT', 'KILL');
    await Promise.all([sent, endless]);
    expect((await take(layer, ['jobs']))[0].content).toEqual({ id: 1 });
  });

  it('finds out that Redis was emptied when it renews its leases', async () => {
    const options = { prefix: 'emptied', leaseMs: 600 };
    const [server, worker] = [redis.layer(options), redis.layer(options)];
    const inbox = new Inbox(server, ['server!']);
    await server.groupAdd('room', 'server!a');
    await worker.groupSend('room', { id: 'before' });
    await inbox.came(1);
    const resets = Promise.all([told(server, 'reset'), told(worker, 'reset')]);
    await redis.client().flushall();
    await resets;
    await worker.groupSend('room', { id: 'after' });
    await inbox.came(2);
    expect(inbox.ids).toEqual(['before', 'after']);
  });

  it('follows Sentinel to another master: nobody is deaf, and nothing comes twice', async () => {
    const sentinel = await RedisSentinel.start();
    const ids = await failOver({ sentinels: sentinel.options }, () => sentinel.master.kill());
    await sentinel.stop();
    expect([ids[0], ids.at(-1)]).toEqual(['before', expect.stringMatching(/^after/)]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('leaves a master that sentinels name no longer, though that one lives on', async () => {
    const sentinel = await RedisSentinel.start();
    const [other, teller] = await Promise.all([TestRedis.start(), TestRedis.start()]);
    const { hosts, name } = sentinel.options;
    const sentinels = { hosts: [...hosts, teller.server.url], name };
    const layer = redisLayer({ sentinels, timeoutMs: 10_000 });
    const inbox = new Inbox(layer, ['server!']);
    await layer.send('server!a', { id: 'before' });
    await inbox.came(1);
    const reset = told(layer, 'reset');
    await sentinel.name(other.server.port);
    await teller.server.ask('PUBLISH', '+switch-master', `${name} who lives on`);
    await reset;
    await layer.send('server!a', { id: 'after' });
    await inbox.came(2);
    expect(String(await sentinel.master.ask('CLIENT', 'LIST', 'TYPE', 'pubsub'))).toBe('');
    await layer.close();
    await Promise.all([sentinel, other, teller].map((each) => each.stop()));
  });
});
