import { describe, expect, it } from '@jest/globals';
import type { RedisLayerOptions } from '@nest-channels/redis';
import { Redis } from 'ioredis';
import { topologyOf } from '../src/topology.js';

const arrangements = (options: RedisLayerOptions): string[] =>
  topologyOf(options).map(({ arrangement }) => arrangement);

describe('the topology of a layer', () => {
  it('is one server on this machine unless told', () => {
    expect(topologyOf({})).toEqual([
      {
        address: { host: 'localhost', port: 6379, db: 0 },
        tag: 'nest-channels',
        arrangement: 'shard 1 of 1, routing 1',
        isInCluster: false,
      },
    ]);
  });

  it('is taken from a client', () => {
    const client = new Redis({ host: 'cache.example', lazyConnect: true });
    expect(topologyOf({ client })[0].address).toMatchObject({ host: 'cache.example' });
  });

  it('tells the position of each of several servers', () => {
    const hosts = ['redis://a', 'redis://b'];
    expect(topologyOf({ hosts }).map(({ address }) => address.host)).toEqual(['a', 'b']);
    expect(arrangements({ hosts })).toEqual(['shard 1 of 2, routing 1', 'shard 2 of 2, routing 1']);
  });

  it('gives each shard in a cluster a hash tag of its own', () => {
    const places = topologyOf({ cluster: ['redis://a'], prefix: 'app', shards: 2 });
    expect(places.map(({ tag, isInCluster }) => [tag, isInCluster])).toEqual([
      ['app:0', true],
      ['app:1', true],
    ]);
    expect(topologyOf({ cluster: ['redis://a'] })).toHaveLength(4);
  });

  it('finds a master through its sentinels, who have credentials of their own', () => {
    const hosts = ['redis://:watch@a:26379', 'redis://b:26379'];
    const sentinels = { hosts, name: 'main', password: 'secret', database: 2 };
    expect(topologyOf({ sentinels })[0].address).toMatchObject({
      sentinels: [
        { host: 'a', port: 26379 },
        { host: 'b', port: 26379 },
      ],
      name: 'main',
      password: 'secret',
      db: 2,
      sentinelPassword: 'watch',
    });
  });

  it.each<[RedisLayerOptions, string]>([
    [{ url: 'redis://:secret@a', client: new Redis({ lazyConnect: true }) }, 'exclude'],
    [{ hosts: ['redis://a'], cluster: ['redis://a'] }, '"hosts" and "cluster"'],
    [{ hosts: [] }, '"hosts" is empty'],
    [{ hosts: ['redis://a', 'redis://:secret@a:6379/0'] }, 'twice'],
    [{ cluster: [] }, '"cluster" is empty'],
    [{ cluster: ['redis://a'], shards: 0 }, '"shards"'],
    [{ shards: 2 }, '"shards"'],
    [{ sentinels: { hosts: [], name: 'main' } }, '"sentinels.hosts" is empty'],
    [{ sentinels: { hosts: ['redis://a'], name: '' } }, '"sentinels.name"'],
  ])('is refused with a reason and without the password: %#', (options, reason) => {
    const message = expect.stringMatching(new RegExp(`^(?!.*secret).*${reason}`));
    const refusal = { code: 'CHANNELS_REDIS_OPTIONS_INVALID', message };
    expect(() => topologyOf(options)).toThrow(expect.objectContaining(refusal));
  });
});
