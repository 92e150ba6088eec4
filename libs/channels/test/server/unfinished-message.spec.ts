import { once } from 'node:events';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { WebSocket } from 'ws';
import { SERVER_DEFAULTS } from '../../src/server-options.js';
import { isUnfinished } from '../../src/server/unfinished-message.js';
import { Upgrader } from '../../src/server/upgrader.js';
import type { RawClient } from '../support/raw-client.js';
import { stopUpgradeServers, UpgradeServer } from '../support/upgrade-server.js';

afterEach(stopUpgradeServers);

const TEXT = 1;
const CONTINUATION = 0;
const PING = 9;
const NOT_FINAL = 0;

async function open(): Promise<{
  client: RawClient;
  webSocket: WebSocket;
  read: () => Promise<unknown>;
}> {
  const server = await UpgradeServer.start();
  const client = await server.rawClient();
  client.handshake('/');
  const { request, socket, head } = await server.next();
  const webSocket = new Upgrader(SERVER_DEFAULTS).upgrade(request, socket, head, { headers: {} });
  if (!webSocket) throw new Error('the client has gone');
  return { client, webSocket, read: () => once(socket, 'data') };
}

describe('isUnfinished', () => {
  it('is false before the first message and after each', async () => {
    const { client, webSocket } = await open();
    expect(isUnfinished(webSocket)).toBe(false);
    client.frame(TEXT, Buffer.from('whole'));
    await once(webSocket, 'message');
    expect(isUnfinished(webSocket)).toBe(false);
  });

  it('is true between the fragments of a message, pings or not, and false after the last', async () => {
    const { client, webSocket, read } = await open();
    client.frame(TEXT, Buffer.from('half'), NOT_FINAL);
    await read();
    expect(isUnfinished(webSocket)).toBe(true);
    client.frame(PING);
    await once(webSocket, 'ping');
    expect(isUnfinished(webSocket)).toBe(true);
    client.frame(CONTINUATION, Buffer.from('whole'));
    await once(webSocket, 'message');
    expect(isUnfinished(webSocket)).toBe(false);
  });

  it.each([
    ['a byte', [0x81]],
    ['a header', [0x81, 0x85, 0, 0, 0, 0]],
    ['a part of its payload', [0x81, 0x85, 0, 0, 0, 0, 0x61]],
  ])('is true after %s of a frame', async (_what, bytes) => {
    const { client, webSocket, read } = await open();
    client.socket.write(Buffer.from(bytes));
    await read();
    expect(isUnfinished(webSocket)).toBe(true);
  });
});
