import { describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { addressOf } from '../src/redis-address.js';

describe('the address of Redis', () => {
  it('is on this machine unless told', () => {
    expect(addressOf({})).toEqual({ host: 'localhost', port: 6379, db: 0 });
  });

  it('is read from a URL, with user, password and database', () => {
    expect(addressOf({ url: 'redis://ann:p%40ss@cache.example:7000/3' })).toEqual({
      host: 'cache.example',
      port: 7000,
      db: 3,
      username: 'ann',
      password: 'p@ss',
    });
    expect(addressOf({ url: 'rediss://[::1]' })).toMatchObject({ host: '::1', tls: {} });
  });

  it('is taken from a client', () => {
    const client = new Redis({ host: 'cache.example', lazyConnect: true });
    expect(addressOf({ client })).toMatchObject({ host: 'cache.example' });
  });

  it.each([
    [{ url: 'nonsense' }, 'no URL'],
    [{ url: 'http://localhost' }, 'http:'],
    [{ url: 'redis://localhost/first' }, 'first'],
    [{ url: 'redis://a', client: new Redis({ lazyConnect: true }) }, 'exclude'],
  ])('is refused with a reason and without the password: %#', (options, reason) => {
    expect(() => addressOf(options)).toThrow(
      expect.objectContaining({
        code: 'CHANNELS_REDIS_OPTIONS_INVALID',
        message: expect.stringContaining(reason),
      }),
    );
  });
});
