import { SERVER_DEFAULTS } from '../../src/server-options.js';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { WebSocket } from 'ws';
import { type Acceptance, Upgrader } from '../../src/server/upgrader.js';
import {
  type ArrivedUpgrade,
  stopUpgradeServers,
  UpgradeServer,
} from '../support/upgrade-server.js';

afterEach(stopUpgradeServers);

const LIMITS = { ...SERVER_DEFAULTS, maxMessageBytes: 10 };
const PLAIN: Acceptance = { headers: {} };

function upgrade(
  { request, socket, head }: ArrivedUpgrade,
  acceptance = PLAIN,
  upgrader = new Upgrader(LIMITS),
): WebSocket | undefined {
  const webSocket = upgrader.upgrade(request, socket, head, acceptance);
  webSocket?.on('error', () => undefined);
  return webSocket;
}

describe('Upgrader', () => {
  it('opens a WebSocket both ways', async () => {
    const server = await UpgradeServer.start();
    const client = server.webSocket();
    const webSocket = upgrade(await server.next());
    await client.opened;
    client.send('ping');
    const [data] = (await once(webSocket!, 'message')) as [Buffer];
    expect(data.toString()).toBe('ping');
    webSocket!.send('snow ☃');
    expect(await client.next()).toBe('snow ☃');
    expect(await client.close()).toEqual({ code: 1000, reason: '' });
  });

  it('answers with the bytes of RFC 6455 and the headers it is given', async () => {
    const server = await UpgradeServer.start();
    const client = await server.rawClient();
    client.handshake('/');
    const headers = { 'X-B': 'two', 'set-cookie': 'a=1; Path=/' };
    upgrade(await server.next(), { headers })!.terminate();
    expect(await client.response()).toBe(
      'HTTP/1.1 101 Switching Protocols\r\n' +
        'Upgrade: websocket\r\n' +
        'Connection: Upgrade\r\n' +
        'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n' +
        'X-B: two\r\n' +
        'set-cookie: a=1; Path=/\r\n' +
        '\r\n',
    );
  });

  it('writes a byte beyond ASCII in a header as that byte, as refusals do', async () => {
    const server = await UpgradeServer.start();
    const client = await server.rawClient();
    client.handshake('/');
    upgrade(await server.next(), { headers: { 'X-Caf': 'caf\xe9' } })!.terminate();
    expect(await client.response()).toContain('\r\nX-Caf: caf\xe9\r\n');
  });

  it.each([
    ['the one it is given', 'chat', '\r\nSec-WebSocket-Protocol: chat\r\n'],
    ['none without one', undefined, '\r\n\r\n'],
  ])('selects a subprotocol: %s', async (_what, subprotocol, end) => {
    const server = await UpgradeServer.start();
    const client = await server.rawClient();
    client.handshake('/', { 'Sec-WebSocket-Protocol': 'json, chat' });
    upgrade(await server.next(), { headers: {}, subprotocol })!.terminate();
    expect(await client.response()).toContain(`Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=${end}`);
  });

  it('keeps what it answers to several clients apart', async () => {
    const server = await UpgradeServer.start();
    const upgrader = new Upgrader(LIMITS);
    const clients = [];
    for (const name of ['one', 'two', 'three']) {
      clients.push(server.webSocket('/', { protocols: ['one', 'two', 'three'] }));
      upgrade(await server.next(), { headers: { 'X-Name': name }, subprotocol: name }, upgrader);
    }
    const headers = await Promise.all(clients.map((client) => client.opened));
    expect(headers.map((each) => [each['x-name'], each['sec-websocket-protocol']])).toEqual([
      ['one', 'one'],
      ['two', 'two'],
      ['three', 'three'],
    ]);
  });

  it('offers no compression', async () => {
    const server = await UpgradeServer.start();
    const client = server.webSocket();
    const arrived = await server.next();
    expect(arrived.request.headers['sec-websocket-extensions']).toContain('permessage-deflate');
    upgrade(arrived);
    expect(await client.opened).not.toHaveProperty('sec-websocket-extensions');
  });

  it('reads frames that came with the handshake', async () => {
    const server = await UpgradeServer.start();
    const client = await server.rawClient();
    client.handshake('/');
    const arrived = await server.next();
    const head = Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69]);
    const webSocket = upgrade({ ...arrived, head });
    const [data] = (await once(webSocket!, 'message')) as [Buffer];
    expect(data.toString()).toBe('hi');
  });

  it('takes messages up to the limit and closes with 1009 beyond', async () => {
    const server = await UpgradeServer.start();
    const client = server.webSocket();
    const webSocket = upgrade(await server.next())!;
    const message = once(webSocket, 'message');
    await client.opened;
    client.send('x'.repeat(10));
    expect(String((await message)[0])).toBe('x'.repeat(10));
    client.send('x'.repeat(11));
    expect((await client.closed).code).toBe(1009);
  });

  it('returns nothing when the socket has been destroyed', async () => {
    const server = await UpgradeServer.start();
    const client = await server.rawClient();
    client.handshake('/');
    const arrived = await server.next();
    arrived.socket.destroy();
    expect(upgrade(arrived)).toBeUndefined();
    expect(await client.response()).toBe('');
  });

  it('returns nothing when the client has ended its side, and ends the socket', async () => {
    const server = await UpgradeServer.start();
    const client = await server.rawClient();
    client.handshake('/');
    const arrived = await server.next();
    arrived.socket.resume();
    client.socket.end();
    await once(arrived.socket, 'end');
    expect(upgrade(arrived)).toBeUndefined();
    expect(await client.response()).toBe('');
  });

  it.each([
    ['X-A', 'b\r\nX-Evil: 1', 'ERR_INVALID_CHAR'],
    ['X-A: b\r\nX-Evil', '1', 'ERR_INVALID_HTTP_TOKEN'],
  ])('throws at a header that would break out of its line: %j', async (name, value, code) => {
    const server = await UpgradeServer.start();
    const client = await server.rawClient();
    client.handshake('/');
    const arrived = await server.next();
    const thrown = expect.objectContaining({ code });
    expect(() => upgrade(arrived, { headers: { [name]: value } })).toThrow(thrown);
    arrived.socket.destroy();
    expect(await client.response()).toBe('');
  });
});
