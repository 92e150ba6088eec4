import { afterEach, describe, expect, it } from '@jest/globals';
import { Module } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import { Chat, channelsChat, FLOOD } from './support/channels-chat.js';
import { text } from './support/client-frame.js';
import { ChatGateway, GuardedGateway } from './support/gateway-chat.js';
import { handshake, type ProtocolClient } from './support/protocol-client.js';
import { ServedApp, stopServedApps, turn, until } from './support/served-app.js';

const EVIL = { headers: { Origin: 'https://evil.example' } };
const MIB = 1024 * 1024;

afterEach(stopServedApps);

const request = (event: string, id: number, more: object = {}): Buffer =>
  text(JSON.stringify({ event, id, data: { id, ...more } }));

/** Resolves with as many answers of a server, read as JSON. */
async function answers(client: ProtocolClient, count: number): Promise<unknown[]> {
  const events = await client.heard(count);
  return events.map((event) => (event.kind === 'text' ? JSON.parse(event.data) : event));
}

describe('channels', () => {
  const start = (): Promise<ServedApp> => ServedApp.of(channelsChat);

  it('A: handle a frame when the connect handler has ended, however early it came', async () => {
    const served = await start();
    const { events, gate } = served.app.get(Chat);
    const client = await served.connect();
    client.send([handshake('/slow'), request('ask', 1)]);
    await served.hasRead(client);
    expect(events).toEqual([]);
    gate.resolve();
    expect(await answers(client, 1)).toEqual([{ id: 1 }]);
    expect(events).toEqual(['connected', 'received 1']);
  });

  it('B: answer in the order of the requests, be the first one slow', async () => {
    const served = await start();
    const client = await served.open('/chat');
    client.send([request('wait', 1), request('ask', 2)]);
    await served.hasRead(client);
    served.app.get(Chat).gate.resolve();
    expect(await answers(client, 2)).toEqual([{ id: 1 }, { id: 2 }]);
  });

  it('C: close with 1007 for a malformed frame, and log it', async () => {
    const served = await start();
    const client = await served.open('/chat');
    client.write(text('{"event":'));
    expect(await client.closeCode()).toBe(1007);
    expect(await served.logs.nextProblem()).toContain('closed with 1007');
  });

  it('D: let a filter answer the request that failed, and no other', async () => {
    const client = await (await start()).open('/chat');
    client.send([request('throw', 1, { token: 'secret' }), request('ask', 2)]);
    expect(await answers(client, 2)).toEqual([{ id: 1, error: 'not like this' }, { id: 2 }]);
  });

  it('E: close with 1013 a client that does not read, and keep the rest of 128 MB', async () => {
    const served = await start();
    const client = await served.open('/flood');
    client.socket.pause();
    client.write(text('go'));
    const { events } = served.app.get(Chat);
    await until(() => events.includes('flooded'));
    client.socket.resume();
    expect(await client.closeCode()).toBe(1013);
    const read = client.events.filter((event) => event.kind === 'binary').length;
    expect(read * FLOOD.frame.length).toBeLessThan(32 * MIB);
  });

  it('F: answer an unknown path with 404', async () => {
    const client = await (await start()).connect();
    client.write(handshake('/nowhere/at/all'));
    expect((await client.answer()).status).toBe(404);
  });

  it('G: answer with 500 when an asynchronous connect handler throws, and log it', async () => {
    const served = await start();
    const client = await served.connect();
    client.write(handshake('/broken'));
    expect((await client.answer()).status).toBe(500);
    expect(await served.logs.nextProblem()).toContain('thrown on connect');
  });

  it('H: close clients with a code, and end their disconnect handlers before shutdown', async () => {
    const served = await start();
    const client = await served.open('/chat');
    const { events } = served.app.get(Chat);
    const [code] = await Promise.all([client.closeCode(), served.stop()]);
    expect([1001, 1012]).toContain(code);
    expect(events).toEqual(['disconnected', 'shut down']);
  });

  it('I: refuse the page of another origin with 403', async () => {
    const client = await (await start()).connect();
    client.write(handshake('/chat', EVIL));
    expect((await client.answer()).status).toBe(403);
  });

  it('J: run guards before the handshake is answered', async () => {
    const client = await (await start()).connect();
    client.write(handshake('/guarded'));
    expect((await client.answer()).status).toBe(401);
  });
});

describe('a stock gateway of Nest 12.1 on the ws adapter', () => {
  @Module({ providers: [ChatGateway, GuardedGateway] })
  class AppModule {}

  const start = (): Promise<ServedApp> =>
    ServedApp.start(AppModule, { prepare: (app) => app.useWebSocketAdapter(new WsAdapter(app)) });

  it('A: handles a message before its asynchronous handleConnection has ended', async () => {
    const served = await start();
    const { events, gate } = served.app.get(ChatGateway);
    const client = await served.open('/chat');
    client.write(request('ask', 1));
    await answers(client, 1);
    gate.resolve();
    await turn();
    expect(events).toEqual(['received 1', 'connected']);
  });

  it('B: answers the second of two requests first when the first is slow', async () => {
    const served = await start();
    const client = await served.open('/chat');
    client.send([request('wait', 1), request('ask', 2)]);
    await answers(client, 1);
    served.app.get(ChatGateway).gate.resolve();
    const both = await answers(client, 2);
    expect(both).toMatchObject([{ data: { id: 2 } }, { data: { id: 1 } }]);
  });

  it('C: says nothing to a malformed frame and to an unknown event', async () => {
    const served = await start();
    const client = await served.open('/chat');
    client.send([text('{"event":'), request('unheard of', 1), request('ask', 2)]);
    await served.hasRead(client);
    expect(await answers(client, 1)).toMatchObject([{ data: { id: 2 } }]);
    expect(client.events).toHaveLength(1);
  });

  it('D: repeats what was sent, token included, when a handler throws', async () => {
    const client = await (await start()).open('/chat');
    client.write(request('throw', 1, { token: 'secret' }));
    const [exception] = await answers(client, 1);
    expect(exception).toMatchObject({ event: 'exception' });
    expect(JSON.stringify(exception)).toContain('secret');
  });

  it('E: keeps everything for a client that does not read', async () => {
    const served = await start();
    const client = await served.open('/chat');
    client.socket.pause();
    client.write(request('flood', 1));
    await served.hasRead(client);
    expect(served.app.get(ChatGateway).clients[0].bufferedAmount).toBeGreaterThan(8 * MIB);
    await client.reset();
  });

  it('F: cuts off an unknown path without an answer', async () => {
    const client = await (await start()).connect();
    client.write(handshake('/nowhere'));
    await client.ended;
    expect(await client.response()).toBe('');
  });

  it('H: ends its clients without a close frame', async () => {
    const served = await start();
    const client = await served.open('/chat');
    await Promise.all([client.ended, served.stop()]);
    expect(client.events).toEqual([]);
  });

  it('I: accepts the page of another origin', async () => {
    const client = await (await start()).connect();
    client.write(handshake('/chat', EVIL));
    expect((await client.answer()).status).toBe(101);
  });

  it('J: runs no guard for a connection', async () => {
    const served = await start();
    await served.open('/guarded');
    expect(served.app.get(GuardedGateway).events).toEqual(['connected']);
  });
});
