import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { type Peer, TrustedProxies } from '../../src/server/trusted-proxies.js';

interface Sent {
  readonly from?: string;
  readonly isEncrypted?: boolean;
  readonly forwardedFor?: string;
  readonly forwardedProto?: string;
}

function request({ from, isEncrypted, forwardedFor, forwardedProto }: Sent): IncomingMessage {
  const socket = new Socket();
  const address = { remoteAddress: from, remotePort: from ? 4711 : undefined };
  for (const [key, value] of Object.entries(
    isEncrypted ? { ...address, encrypted: true } : address,
  )) {
    Object.defineProperty(socket, key, { value });
  }
  const message = new IncomingMessage(socket);
  message.headers = { 'x-forwarded-for': forwardedFor, 'x-forwarded-proto': forwardedProto };
  return message;
}

function peerOf(proxies: string[], sent: Sent): Peer | undefined {
  return new TrustedProxies(proxies).peerOf(request(sent));
}

const PROXIES = ['10.0.0.0/8', '2001:db8::/32'];

describe('TrustedProxies', () => {
  it('takes the peer for the client when no proxy is trusted', () => {
    const sent = { from: '10.0.0.1', forwardedFor: '203.0.113.7', forwardedProto: 'https' };
    expect(peerOf([], sent)).toEqual({ client: ['10.0.0.1', 4711], scheme: 'ws' });
  });

  it('takes an untrusted peer for the client, whatever it says', () => {
    const sent = { from: '192.0.2.1', forwardedFor: '203.0.113.7', forwardedProto: 'https' };
    expect(peerOf(PROXIES, sent)).toEqual({ client: ['192.0.2.1', 4711], scheme: 'ws' });
  });

  it.each([
    ['one hop', '203.0.113.7', ['203.0.113.7', 0]],
    ['the right-most hop', '198.51.100.1, 203.0.113.7', ['203.0.113.7', 0]],
    ['the hop before another proxy', '198.51.100.1, 203.0.113.7, 10.0.0.9', ['203.0.113.7', 0]],
    ['the first proxy when all are', '10.0.0.7, 10.0.0.8', ['10.0.0.7', 0]],
    ['a port', '203.0.113.7:5555', ['203.0.113.7', 5555]],
    ['IPv6', '2001:db9::7', ['2001:db9::7', 0]],
    ['IPv6 in brackets', '[2001:db9::7]', ['2001:db9::7', 0]],
    ['IPv6 with a port', '[2001:db9::7]:5555', ['2001:db9::7', 5555]],
    ['IPv6 of a proxy', '203.0.113.7, [2001:db8::9]:80', ['203.0.113.7', 0]],
    ['IPv4 in IPv6', '203.0.113.7, ::ffff:10.0.0.9', ['203.0.113.7', 0]],
    ['spaces and tabs', ' \t 203.0.113.7 \t,  10.0.0.9 ', ['203.0.113.7', 0]],
  ])('finds the client behind a trusted peer: %s', (_what, forwardedFor, client) => {
    expect(peerOf(PROXIES, { from: '10.0.0.1', forwardedFor })?.client).toEqual(client);
  });

  it.each([
    ['nothing', ''],
    ['a name', 'client.example'],
    ['unknown', 'unknown'],
    ['an obfuscated node', '_hidden'],
    ['too many numbers', '203.0.113.7.8'],
    ['a number over 255', '203.0.113.256'],
    ['octal numbers', '0313.0.0161.07'],
    ['a port over 65535', '203.0.113.7:65536'],
    ['a port that is none', '203.0.113.7:http'],
    ['an open bracket', '[2001:db9::7'],
    ['IPv4 in brackets', '[203.0.113.7]'],
    ['a zone', 'fe80::7%eth0'],
    ['quotes', '"203.0.113.7"'],
    ['a semicolon', '203.0.113.7;proto=https'],
  ])('stops at what is no address: %s', (_what, hop) => {
    const forwardedFor = `198.51.100.1, ${hop}, 10.0.0.9`;
    expect(peerOf(PROXIES, { from: '10.0.0.1', forwardedFor })?.client).toEqual(['10.0.0.9', 0]);
    expect(peerOf(PROXIES, { from: '10.0.0.1', forwardedFor: hop })?.client).toEqual([
      '10.0.0.1',
      4711,
    ]);
  });

  it.each([
    ['https', 'wss'],
    ['HTTPS', 'wss'],
    ['wss', 'wss'],
    ['http, https', 'wss'],
    ['http', 'ws'],
    ['ws', 'ws'],
    ['https, http', 'ws'],
    ['', 'ws'],
    ['https,', 'ws'],
    ['gopher', 'ws'],
  ])('believes the last scheme of a trusted peer: %j is %s', (forwardedProto, scheme) => {
    expect(peerOf(PROXIES, { from: '10.0.0.1', forwardedProto })?.scheme).toBe(scheme);
  });

  it('sees for itself what a trusted peer does not say', () => {
    const sent = { from: '10.0.0.1', isEncrypted: true };
    expect(peerOf(PROXIES, sent)?.scheme).toBe('wss');
    expect(peerOf(PROXIES, { ...sent, forwardedProto: 'http' })?.scheme).toBe('ws');
  });

  it('trusts a Unix socket only when told so', () => {
    const sent = { forwardedFor: '203.0.113.7', forwardedProto: 'https' };
    expect(peerOf(PROXIES, sent)).toEqual({ client: null, scheme: 'ws' });
    expect(peerOf(['unix'], sent)).toEqual({ client: ['203.0.113.7', 0], scheme: 'wss' });
    expect(peerOf(['unix'], { from: '10.0.0.1', ...sent })?.client).toEqual(['10.0.0.1', 4711]);
  });

  it('knows a peer that is gone from one on a Unix socket', () => {
    const gone = request({});
    Object.defineProperty(gone.socket, 'localAddress', { value: '127.0.0.1' });
    expect(new TrustedProxies(['unix']).peerOf(gone)).toBeUndefined();
  });

  it('reads IPv4 that came over IPv6 as IPv4', () => {
    expect(peerOf([], { from: '::ffff:192.0.2.1' })?.client).toEqual(['192.0.2.1', 4711]);
    const sent = { from: '::ffff:10.0.0.1', forwardedFor: '203.0.113.7' };
    expect(peerOf(PROXIES, sent)?.client).toEqual(['203.0.113.7', 0]);
  });

  // Whoever is not trusted chooses all that stands left of its own address, and no more.
  it('lets no untrusted hop change the address or the scheme of its client', () => {
    const untrusted = fc.ipV4().filter((address) => !address.startsWith('10.'));
    const trusted = fc.ipV4().map((address) => address.replace(/^\d+/, '10'));
    const anything = fc.oneof(fc.string(), fc.ipV4(), fc.ipV6(), trusted);
    const forged = fc.array(anything, { maxLength: 5 }).map((hops) => hops.join(','));
    const scheme = fc.constantFrom('http', 'https');
    const chain = fc.record({ client: untrusted, forged, proxies: fc.array(trusted), scheme });
    fc.assert(
      fc.property(chain, trusted, ({ client, forged: left, proxies, scheme: last }, from) => {
        const forwardedFor = [left, client, ...proxies].join(', ');
        const forwardedProto = `${left}, ${last}`;
        expect(peerOf(PROXIES, { from, forwardedFor, forwardedProto })).toEqual({
          client: [client, 0],
          scheme: last === 'https' ? 'wss' : 'ws',
        });
        expect(peerOf(PROXIES, { from: client, forwardedFor, forwardedProto })).toEqual({
          client: [client, 4711],
          scheme: 'ws',
        });
      }),
      { numRuns: 5_000 },
    );
  });
});
