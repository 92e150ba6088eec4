import { describe, expect, it } from '@jest/globals';
import { ClientKeys } from '../../src/server/client-keys.js';

const keys = new ClientKeys();

describe('ClientKeys', () => {
  it.each([undefined, '127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1'])(
    'has none for %s, where all clients may be behind one address',
    (address) => {
      expect(keys.of(address)).toBeUndefined();
    },
  );

  it('has one for each IPv4 address, and one for each /64 of IPv6', () => {
    expect(keys.of('203.0.113.7')).toBe('203.0.113.7');
    expect(keys.of('2001:db8::1')).toBe(keys.of('2001:db8::ffff:1'));
    expect(keys.of('2001:db8::1')).not.toBe(keys.of('2001:db8:0:1::1'));
  });

  it.each([
    '10.0.0.1',
    '172.16.0.1',
    '192.168.1.1',
    '100.64.0.1',
    '169.254.1.1',
    'fd00::1',
    'fe80::1',
  ])('takes %s for that of a proxy', (address) => {
    expect(keys.isPrivate(address)).toBe(true);
  });

  it.each(['203.0.113.7', '172.32.0.1', '2001:db8::1', 'unix'])(
    'does not take %s for that of a proxy',
    (address) => {
      expect(keys.isPrivate(address)).toBe(false);
    },
  );
});
