import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect as connectPlain } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterEach, describe, expect, it } from '@jest/globals';
import { InvalidHandshake } from '../../src/errors.js';
import { SERVER_DEFAULTS, type ServerOptions } from '../../src/server-options.js';
import { type Handshake, readHandshake } from '../../src/server/handshake.js';
import { TrustedProxies } from '../../src/server/trusted-proxies.js';
import { stopUpgradeServers, UpgradeServer } from '../support/upgrade-server.js';

afterEach(stopUpgradeServers);

const GOOD_HEADERS =
  'Host: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';

/** Sends a handshake with these headers in place of those of a good one. */
async function requestOf(
  target: string,
  headers: Record<string, string | undefined> = {},
  method = 'GET',
): Promise<IncomingMessage> {
  const server = await UpgradeServer.start();
  const client = await server.rawClient();
  client.handshake(target, headers, method);
  return (await server.next()).request;
}

/** Sends a handshake byte by byte as it is written here. */
async function requestOfText(text: string): Promise<IncomingMessage> {
  const server = await UpgradeServer.start();
  const client = await server.rawClient();
  client.socket.write(text, 'latin1');
  return (await server.next()).request;
}

function read(request: IncomingMessage, options: ServerOptions = {}): Handshake {
  const peer = new TrustedProxies([]).peerOf(request) ?? { client: null, scheme: 'ws' };
  return readHandshake(request, { ...SERVER_DEFAULTS, ...options }, peer);
}

function refusalOf(request: IncomingMessage, options?: ServerOptions): InvalidHandshake {
  let error: unknown;
  try {
    read(request, options);
  } catch (caught) {
    error = caught;
  }
  expect(error).toBeInstanceOf(InvalidHandshake);
  expect(error).toHaveProperty('code', 'CHANNELS_HANDSHAKE_INVALID');
  return error as InvalidHandshake;
}

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

describe('readHandshake', () => {
  it('returns the connect message without its reply channel', async () => {
    const server = await UpgradeServer.start();
    const client = await server.rawClient();
    client.handshake('/rooms/blue?q=1', { Host: 'app.example', Origin: 'http://app.example' });
    const { request } = await server.next();
    expect(read(request)).toEqual({
      scheme: 'ws',
      path: '/rooms/blue',
      query_string: bytes('q=1'),
      root_path: '',
      headers: [
        [bytes('host'), bytes('app.example')],
        [bytes('connection'), bytes('Upgrade')],
        [bytes('upgrade'), bytes('websocket')],
        [bytes('sec-websocket-version'), bytes('13')],
        [bytes('sec-websocket-key'), bytes('dGhlIHNhbXBsZSBub25jZQ==')],
        [bytes('origin'), bytes('http://app.example')],
      ],
      subprotocols: [],
      client: ['127.0.0.1', client.socket.localPort],
      server: ['127.0.0.1', server.port],
      order: 0,
    });
  });

  it('keeps headers as bytes in their order, duplicates too, with names in lower case', async () => {
    const lines = 'X-Tag: One\r\nCookie: a=1\r\nx-TAG: caf\xe9\r\nCookie: b=2\r\n';
    const request = await requestOfText(`GET / HTTP/1.1\r\n${GOOD_HEADERS}${lines}\r\n`);
    expect(read(request).headers.slice(5)).toEqual([
      [bytes('x-tag'), bytes('One')],
      [bytes('cookie'), bytes('a=1')],
      [bytes('x-tag'), Buffer.from([0x63, 0x61, 0x66, 0xe9])],
      [bytes('cookie'), bytes('b=2')],
    ]);
  });

  it.each([
    ['/', '/', ''],
    ['/a%20b', '/a b', ''],
    ['/%E2%98%83/%F0%9F%8F%94', '/☃/🏔', ''],
    ['/a+b', '/a+b', ''],
    ['/a%2Fb%3Fc', '/a/b?c', ''],
    ['/a/../b//c', '/a/../b//c', ''],
    ['//other.example/a', '//other.example/a', ''],
    ['/a?', '/a', ''],
    ['/?q=%41&r=+%zz', '/', 'q=%41&r=+%zz'],
    ['/a?b?c=/d', '/a', 'b?c=/d'],
  ])('splits %s into path and query, and decodes the path alone', async (target, path, query) => {
    const handshake = read(await requestOf(target));
    expect(handshake).toMatchObject({ path, query_string: bytes(query) });
  });

  it.each([
    ['none', '', []],
    ['one', 'Sec-WebSocket-Protocol: chat\r\n', ['chat']],
    ['two', 'Sec-WebSocket-Protocol: json, chat\r\n', ['json', 'chat']],
    ['two without a space', 'Sec-WebSocket-Protocol: json,chat\r\n', ['json', 'chat']],
    ['two with tabs', 'Sec-WebSocket-Protocol: json\t,\tchat\r\n', ['json', 'chat']],
    [
      'two in two headers',
      'Sec-WebSocket-Protocol: z\r\nSec-WebSocket-Protocol: a\r\n',
      ['z', 'a'],
    ],
    [
      'every token character',
      "Sec-WebSocket-Protocol: !#$%&'*+-.^_`|~09azAZ\r\n",
      ["!#$%&'*+-.^_`|~09azAZ"],
    ],
    ['two that differ by case', 'Sec-WebSocket-Protocol: chat, Chat\r\n', ['chat', 'Chat']],
  ])('lists the subprotocols in the order of the client: %s', async (_what, lines, expected) => {
    const request = await requestOfText(`GET / HTTP/1.1\r\n${GOOD_HEADERS}${lines}\r\n`);
    expect(read(request).subprotocols).toEqual(expected);
  });

  it.each([
    ['upper case in Upgrade', { Upgrade: 'WebSocket' }],
    ['more than an upgrade in Connection', { Connection: 'keep-alive, Upgrade' }],
    ['every character of a key', { 'Sec-WebSocket-Key': '+/09AZaz+/09AZaz+/09AA==' }],
  ])('accepts %s', async (_what, headers) => {
    expect(read(await requestOf('/', headers))).toMatchObject({ path: '/', order: 0 });
  });

  it('tells that a socket is encrypted', async () => {
    const psk = Buffer.from('0123456789abcdef');
    const encryption = { ciphers: 'PSK', maxVersion: 'TLSv1.2' } as const;
    const https = createTlsServer({ ...encryption, pskCallback: () => psk });
    const server = await UpgradeServer.start(https);
    const client = connectTls({
      ...encryption,
      port: server.port,
      host: '127.0.0.1',
      pskCallback: () => ({ psk, identity: 'test' }),
      checkServerIdentity: () => undefined,
    });
    client.on('error', () => client.destroy());
    const ended = once(client, 'close');
    client.write(`GET / HTTP/1.1\r\n${GOOD_HEADERS}\r\n`);
    const { request } = await server.next();
    expect(read(request).scheme).toBe('wss');
    await Promise.all([server.stop(), ended]);
  });

  it('knows no addresses on a Unix socket', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'handshake-'));
    const path = join(folder, 'socket');
    const server = await UpgradeServer.start(undefined, path);
    const client = connectPlain(path);
    const ended = once(client, 'close');
    client.write(`GET / HTTP/1.1\r\n${GOOD_HEADERS}\r\n`);
    const { request } = await server.next();
    expect(read(request)).toMatchObject({ client: null, server: null });
    await Promise.all([server.stop(), ended]);
    await rm(folder, { recursive: true });
  });

  it.each(['POST', 'PUT', 'HEAD', 'OPTIONS', 'DELETE', 'PATCH'])(
    'refuses the method %s with 405 and says which is allowed',
    async (method) => {
      expect(refusalOf(await requestOf('/', {}, method))).toMatchObject({
        status: 405,
        message: `expected GET, got ${method}`,
        headers: { Allow: 'GET' },
      });
    },
  );

  it('refuses HTTP/1.0 with 400', async () => {
    const request = await requestOfText(`GET / HTTP/1.0\r\n${GOOD_HEADERS}\r\n`);
    expect(refusalOf(request)).toMatchObject({
      status: 400,
      message: 'expected HTTP/1.1, got 1.0',
      headers: {},
    });
  });

  it.each(['h2c', 'websockets', 'websocket, h2c'])(
    'refuses the upgrade to "%s" with 400',
    async (upgrade) => {
      expect(refusalOf(await requestOf('/', { Upgrade: upgrade }))).toMatchObject({
        status: 400,
        message: 'expected "Upgrade: websocket"',
      });
    },
  );

  it.each([undefined, '', '8', '12', '14', '013', '13.0', '13, 8'])(
    'refuses the version %j with 426 and says which is spoken',
    async (version) => {
      const request = await requestOf('/', { 'Sec-WebSocket-Version': version });
      expect(refusalOf(request)).toMatchObject({
        status: 426,
        message: 'expected "Sec-WebSocket-Version: 13"',
        headers: { 'Sec-WebSocket-Version': '13' },
      });
    },
  );

  it.each([
    ['none', undefined],
    ['an empty one', ''],
    ['a short one', 'dGhlIHNhbXBsZSBub25jZ==='],
    ['a shorter one', 'dGhlIHNhbXBsZSBub25j'],
    ['a long one', 'dGhlIHNhbXBsZSBub25jZQQ=='],
    ['one without padding', 'dGhlIHNhbXBsZSBub25jZQ'],
    ['one in base64url', 'dGhlIHNhbXBsZSBub25_-Q=='],
    ['two', 'dGhlIHNhbXBsZSBub25jZQ==, dGhlIHNhbXBsZSBub25jZQ=='],
  ])('refuses a key with 400: %s', async (_what, key) => {
    expect(refusalOf(await requestOf('/', { 'Sec-WebSocket-Key': key }))).toMatchObject({
      status: 400,
      message: 'expected a Sec-WebSocket-Key of 16 bytes in base64',
    });
  });

  it.each([
    ['http://localhost/a', 'expected a target that is a path'],
    ['*', 'expected a target that is a path'],
    ['/%', 'expected a path in percent-encoded UTF-8'],
    ['/%zz', 'expected a path in percent-encoded UTF-8'],
    ['/%ff', 'expected a path in percent-encoded UTF-8'],
    ['/%c3%28', 'expected a path in percent-encoded UTF-8'],
    ['/%ed%a0%80', 'expected a path in percent-encoded UTF-8'],
  ])('refuses the target %s with 400 and quotes it', async (target, problem) => {
    const message = `${problem}, got "${target}"`;
    expect(refusalOf(await requestOf(target))).toMatchObject({ status: 400, message });
  });

  it('takes a target of the longest length and refuses one byte more with 414', async () => {
    const options = { maxUrlBytes: 10 };
    expect(read(await requestOf('/345678?90'), options).path).toBe('/345678');
    const longer = await requestOf('/345678?901');
    expect(refusalOf(longer, options)).toMatchObject({
      status: 414,
      message: 'expected a target of 10 bytes at most',
    });
  });

  it('takes as many headers as there may be and refuses one more with 431', async () => {
    const options = { maxHeaders: 6 };
    expect(read(await requestOf('/', { 'X-A': '1' }), options).headers).toHaveLength(6);
    expect(refusalOf(await requestOf('/', { 'X-A': '1', 'X-B': '2' }), options)).toMatchObject({
      status: 431,
      message: 'expected 6 headers at most',
    });
  });

  it('says where paths are mounted', async () => {
    expect(read(await requestOf('/a'), { rootPath: '/live' })).toMatchObject({
      path: '/a',
      root_path: '/live',
    });
  });

  it.each([
    ['a length', { 'Content-Length': '3' }],
    ['chunks', { 'Transfer-Encoding': 'chunked' }],
  ])('refuses a body announced by %s with 400', async (_what, headers) => {
    const request = await requestOf('/', headers);
    expect(refusalOf(request)).toMatchObject({ status: 400, message: 'expected no body' });
  });

  it('accepts a body of no bytes', async () => {
    expect(read(await requestOf('/', { 'Content-Length': '0' })).path).toBe('/');
  });

  it.each([
    ['nothing', ''],
    ['a space inside', 'a b'],
    ['a comma at the end', 'a,'],
    ['a comma at the start', ',a'],
    ['nothing between commas', 'a,,b'],
    ['a semicolon', 'a;q=1'],
    ['quotes', '"a"'],
    ['a byte beyond ASCII', 'caf\xe9'],
    ['a no-break space around', 'a\xa0, b'],
    ['a repetition', 'a, b, a'],
  ])('refuses a subprotocol list with 400: %s', async (_what, list) => {
    const lines = `${GOOD_HEADERS}Sec-WebSocket-Protocol: ${list}\r\n`;
    const request = await requestOfText(`GET / HTTP/1.1\r\n${lines}\r\n`);
    expect(refusalOf(request)).toMatchObject({
      status: 400,
      message: 'expected a list of different subprotocols',
    });
  });
});
