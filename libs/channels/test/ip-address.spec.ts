import { describe, expect, it } from '@jest/globals';
import { IpNetworks, isNetwork, ownNetwork, plainAddress } from '../src/ip-address.js';

describe('plainAddress', () => {
  it.each([
    ['10.0.0.1', '10.0.0.1'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['::FFFF:10.0.0.1', '10.0.0.1'],
    ['2001:db8::1', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
  ])('of %s is %s', (address, plain) => {
    expect(plainAddress(address)).toBe(plain);
  });
});

describe('ownNetwork', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002::', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['64:ff9b::203.0.113.7', '64:ff9b:0:0::/64'],
  ])('of %s is %s', (address, network) => {
    expect(ownNetwork(address)).toBe(network);
  });
});

describe('isNetwork', () => {
  it.each(['10.0.0.1', '10.0.0.0/8', '0.0.0.0/0', '::1', '2001:db8::/32', '::/0', '10.1.2.3/32'])(
    'takes %s',
    (text) => {
      expect(isNetwork(text)).toBe(true);
    },
  );

  it.each([
    '',
    '10.0.0',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '10.0.0.0/8.5',
    '10.0.0.0/0x8',
    '10.0.0.0-10.0.0.9',
    '2001:db8::/129',
    'proxy.example',
    'fe80::1%eth0',
    ' 10.0.0.1',
    '*',
  ])('takes no %j', (text) => {
    expect(isNetwork(text)).toBe(false);
  });
});

describe('IpNetworks', () => {
  const networks = new IpNetworks(['10.0.0.0/8', '2001:db8::/32', '192.0.2.1']);

  it.each(['10.0.0.0', '10.255.255.255', '::ffff:10.1.2.3', '192.0.2.1', '2001:db8:ffff::1'])(
    'has %s',
    (address) => {
      expect(networks.has(address)).toBe(true);
    },
  );

  it.each(['11.0.0.0', '192.0.2.2', '2001:db9::1', '::10.1.2.3', 'proxy.example', ''])(
    'has no %j',
    (address) => {
      expect(networks.has(address)).toBe(false);
    },
  );
});
