import { afterEach, describe, expect, it } from '@jest/globals';
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws';
import { ClosingWebSocket } from '../../src/server/closing-web-socket.js';
import { deferred } from '../support/deferred.js';
import type { RawClient } from '../support/raw-client.js';
import { stopUpgradeServers, UpgradeServer } from '../support/upgrade-server.js';

const CLOSE = 8;
const RESERVED = 3;
const OPTIONS: ServerOptions = {
  noServer: true,
  WebSocket: ClosingWebSocket,
};

afterEach(stopUpgradeServers);

/** Opens a WebSocket that says "last" when it is told that it closes. */
async function open(): Promise<{ server: ClosingWebSocket; client: RawClient }> {
  const http = await UpgradeServer.start();
  const client = await http.rawClient();
  client.handshake('/');
  const { request, socket, head } = await http.next();
  const opened = deferred<WebSocket>();
  new WebSocketServer(OPTIONS).handleUpgrade(request, socket, head, opened.resolve);
  const server = (await opened.promise) as ClosingWebSocket;
  server.on('error', () => undefined);
  server.onClosing = (_code, proceed) => {
    server.send('last');
    proceed();
  };
  return { server, client };
}

/** Returns the frames a server sent, as latin1. */
const framesOf = (response: string): string => response.slice(response.indexOf('\r\n\r\n') + 4);

describe('ClosingWebSocket', () => {
  it('tells once, before the close frame of its own side', async () => {
    const { server, client } = await open();
    server.close(1001);
    server.close(1001);
    client.frame(CLOSE);
    expect(framesOf(await client.response())).toBe('\x81\x04last\x88\x02\x03\xe9');
  });

  it('tells before it answers the close of its client', async () => {
    const { client } = await open();
    client.frame(CLOSE, Buffer.from([0x0f, 0xa0]));
    expect(framesOf(await client.response())).toBe('\x81\x04last\x88\x02\x0f\xa0');
  });

  it('waits with its close frame until it may proceed', async () => {
    const { server, client } = await open();
    const asked = deferred<[number | undefined, () => void]>();
    server.onClosing = (code, proceed) => asked.resolve([code, proceed]);
    client.frame(CLOSE, Buffer.from([0x0f, 0xa0]));
    const [code, proceed] = await asked.promise;
    expect(code).toBe(4000);
    server.send('later');
    proceed();
    expect(framesOf(await client.response())).toBe('\x81\x05later\x88\x02\x0f\xa0');
  });

  it('tells before it closes for a broken protocol', async () => {
    const { client } = await open();
    client.frame(RESERVED);
    expect(framesOf(await client.response())).toBe('\x81\x04last\x88\x02\x03\xea');
  });
});
