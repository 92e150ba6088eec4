import { describe, expect, it } from '@jest/globals';
import { addressOf } from '../src/redis-address.js';

describe('the address of a server', () => {
  it('is read from a URL, with user, password and database', () => {
    expect(addressOf('redis://ann:p%40ss@cache.example:7000/3')).toEqual({
      host: 'cache.example',
      port: 7000,
      db: 3,
      username: 'ann',
      password: 'p@ss',
    });
    expect(addressOf('redis://')).toEqual({ host: 'localhost', port: 6379, db: 0 });
  });

  it('says what a safe connection trusts', () => {
    expect(addressOf('rediss://[::1]')).toMatchObject({ host: '::1', tls: {} });
    expect(addressOf('rediss://a', { ca: 'PEM' })).toMatchObject({ tls: { ca: 'PEM' } });
    expect(addressOf('redis://a', { ca: 'PEM' })).not.toHaveProperty('tls');
  });

  it.each([
    ['nonsense', 'no URL'],
    ['http://localhost', 'http:'],
    ['redis://localhost/first', 'first'],
  ])('is refused with a reason: %s', (url, reason) => {
    expect(() => addressOf(url)).toThrow(
      expect.objectContaining({
        code: 'CHANNELS_REDIS_OPTIONS_INVALID',
        message: expect.stringContaining(reason),
      }),
    );
  });
});
