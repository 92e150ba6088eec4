import { afterEach, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { Consumer, Message, Msg } from 'nest-channels';
import { ConnectionClosed, TestTimeout, UnexpectedFrame } from '../src/index.js';
import { Echo, Rooms } from './support/consumers.js';
import { Tests } from './support/tests.js';

const tests = new Tests();
afterEach(tests.close);

const text = (bytes: unknown): string => Buffer.from(bytes as Uint8Array).toString();

@Injectable()
class Handshakes {
  @Consumer('websocket.connect', { path: '/handshake' })
  async connect(@Msg() message: Message<'websocket.connect'>) {
    const { headers, client, query_string, subprotocols } = message.content;
    await message.accept({ subprotocol: subprotocols.at(-1), headers: { 'X-Node': 'a' } });
    const told = headers.map(([name, value]) => [text(name), text(value)]);
    const wanted = new Set(['cookie', 'x-test', 'origin']);
    const own = told.filter(([name]) => wanted.has(name));
    await message.reply({ headers: Object.fromEntries(own), client, query: text(query_string) });
  }
}

describe('the handshake of a communicator', () => {
  it('brings along headers, cookies, subprotocols, origin, address and query', async () => {
    const options = { server: { allowedOrigins: ['https://app.example'] } };
    const test = await tests.start({ providers: [Handshakes], options });
    const socket = test.webSocket('/handshake?token=1', {
      headers: { 'X-Test': 'one' },
      cookies: { sid: 'a b' },
      subprotocols: ['chat.v1', 'chat.v2'],
      origin: 'https://app.example',
      clientAddress: '192.0.2.7',
    });
    expect(await socket.connect()).toEqual({ accepted: true, subprotocol: 'chat.v2' });
    expect(socket.responseHeaders).toMatchObject({ 'x-node': 'a' });
    expect(await socket.receiveJson()).toMatchObject({
      headers: { cookie: 'sid=a%20b', 'x-test': 'one', origin: 'https://app.example' },
      client: ['192.0.2.7', expect.any(Number)],
      query: 'token=1',
    });
  });

  it('tells a refusal with its status, body and headers', async () => {
    const test = await tests.start({ providers: [Rooms] });
    const socket = test.webSocket('/rooms/closed');
    const refusal = { accepted: false, status: 404, body: 'No such room' };
    expect(await socket.connect()).toEqual(refusal);
    expect(socket.responseHeaders).toMatchObject({ connection: 'close' });
    await expect(socket.receive()).rejects.toThrow(ConnectionClosed);
  });

  it('meets the checks of the interface server', async () => {
    const test = await tests.start({ providers: [Echo] });
    const foreign = test.webSocket('/echo', { origin: 'https://evil.example' });
    expect(await foreign.connect()).toMatchObject({ status: 403 });
  });

  it('is given up when nobody answers', async () => {
    const test = await tests.start({ providers: [Echo], worker: 'by hand', patienceMs: 5 });
    await expect(test.webSocket('/echo').connect()).rejects.toThrow(TestTimeout);
  });

  it('is made once', async () => {
    const test = await tests.start({ providers: [Echo] });
    const socket = test.webSocket('/echo');
    await socket.connect();
    expect(() => socket.connect()).toThrow('connected before');
  });
});

describe('a communicator', () => {
  it('sends and receives JSON, and tells what is none', async () => {
    const test = await tests.start({ providers: [Echo] });
    const socket = test.webSocket('/echo');
    await socket.connect();
    await socket.sendJson({ a: [1] });
    expect(await socket.receiveJson()).toEqual({ a: [1] });
    await socket.send('plain');
    await expect(socket.receiveJson()).rejects.toThrow(UnexpectedFrame);
  });

  it('makes sure that nothing came', async () => {
    const test = await tests.start({ providers: [Echo] });
    const socket = test.webSocket('/echo');
    await socket.connect();
    await socket.receiveNothing();
    await socket.send('something');
    await expect(socket.receiveNothing()).rejects.toThrow('got "something"');
    expect(socket.waiting).toBe(1);
  });

  it('tells the end and what it was', async () => {
    const test = await tests.start({ providers: [Rooms] });
    const socket = test.webSocket('/rooms/blue');
    await socket.connect();
    await socket.sendJson('bye');
    expect(await socket.closed()).toEqual({ code: 4000, reason: 'as you wish' });
    await expect(socket.receive()).rejects.toThrow('closed with 4000 (as you wish)');
    await expect(socket.send('late')).rejects.toThrow();
  });

  it('disconnects, and returns when the application is done with it', async () => {
    const test = await tests.start({ providers: [Rooms] });
    const [ada, bob] = [test.webSocket('/rooms/blue'), test.webSocket('/rooms/blue')];
    await Promise.all([ada.connect(), bob.connect()]);
    expect(await ada.disconnect(3001, 'done')).toEqual({ code: 3001, reason: 'done' });
    expect(bob.waiting).toBe(1);
    expect(await bob.receiveJson()).toEqual({ room: 'blue', left: true });
  });

  it('disconnects without ever having connected', async () => {
    const test = await tests.start({ providers: [Rooms] });
    expect(await test.webSocket('/rooms/blue').disconnect()).toEqual({ code: 1006, reason: '' });
    await expect(test.webSocket('/').send('early')).rejects.toThrow('call connect() first');
  });

  it('is lost without a word', async () => {
    const test = await tests.start({ providers: [Rooms] });
    const [ada, bob] = [test.webSocket('/rooms/blue'), test.webSocket('/rooms/blue')];
    await Promise.all([ada.connect(), bob.connect()]);
    ada.cut();
    expect(await bob.receiveJson()).toEqual({ room: 'blue', left: true });
    expect(await ada.closed()).toMatchObject({ code: 1006 });
  });

  it('reads slowly, and is closed by a server that has waited for long', async () => {
    const options = { server: { maxOutboundBytes: 100_000 } };
    const test = await tests.start({ providers: [Rooms], options });
    const [ada, bob] = [test.webSocket('/rooms/blue'), test.webSocket('/rooms/blue')];
    await Promise.all([ada.connect(), bob.connect()]);
    ada.pause();
    for (let count = 0; count < 10; count++) {
      await bob.sendJson('x'.repeat(50_000));
      await bob.receive();
    }
    ada.resume();
    expect(await ada.closed()).toMatchObject({ code: 1013 });
  });
});
