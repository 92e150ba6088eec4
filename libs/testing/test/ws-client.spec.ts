import { afterEach, describe, expect, it } from '@jest/globals';
import type { Message } from 'nest-channels';
import { type ChannelsTest, route, applyRoutes, UnexpectedFrame } from '../src/index.js';
import { Echo, Rooms } from './support/consumers.js';
import { Tests } from './support/tests.js';

const tests = new Tests();
afterEach(tests.close);

const start = (): Promise<ChannelsTest> =>
  tests.start({ providers: [Echo, Rooms], worker: 'by hand' });

const headersOf = (message: Message | undefined): Record<string, string> => {
  const headers = (message?.content['headers'] ?? []) as Uint8Array[][];
  return Object.fromEntries(
    headers.map((header) => header.map((part) => Buffer.from(part).toString())),
  );
};

describe('a client of WebSocket messages', () => {
  it('sends its cookies with the handshake, the last value of each, percent-encoded', async () => {
    const client = (await start()).wsClient();
    client.setCookie('foo', 'not-bar');
    client.setCookie('foo', 'bar');
    client.setCookie('qux', 'qu;x ä');
    await client.send('websocket.connect');
    const headers = headersOf(await client.getNextMessage('websocket.connect'));
    expect(headers).toEqual({ cookie: 'foo=bar; qux=qu%3Bx%20%C3%A4' });
  });

  it('sends its headers, of which a cookie is none', async () => {
    const client = (await start()).wsClient();
    client.setHeader('X-Test', 'one');
    expect(() => client.setHeader('Cookie', 'a=1')).toThrow(TypeError);
    await client.send('websocket.connect');
    expect(headersOf(await client.getNextMessage('websocket.connect'))).toEqual({
      'x-test': 'one',
    });
  });

  it('fills in path and reply channel', async () => {
    const client = (await start()).wsClient();
    await client.send('websocket.receive', { text: 'hey' });
    expect((await client.getNextMessage('websocket.receive'))?.content).toEqual({
      reply_channel: client.replyChannel,
      path: '/',
      text: 'hey',
      order: 0,
    });
  });

  it('prefers the path of a message to its own', async () => {
    const client = (await start()).wsClient({ path: '/echo' });
    await client.send('websocket.receive', { path: '/test/%C3%A4' });
    const message = await client.getNextMessage('websocket.receive');
    expect(message?.content['path']).toBe('/test/ä');
  });

  it('sends a query string with the handshake only', async () => {
    const client = (await start()).wsClient({ path: '/echo?token=1' });
    await client.send('websocket.connect');
    await client.send('websocket.receive', { text: '' });
    const connect = await client.getNextMessage('websocket.connect');
    expect(connect?.content).toMatchObject({ path: '/echo', query_string: Buffer.from('token=1') });
    const receive = await client.getNextMessage('websocket.receive');
    expect(receive?.content).not.toHaveProperty('query_string');
  });

  it('numbers its messages, and refuses other numbers beside', async () => {
    const test = await start();
    const client = test.wsClient({ path: '/echo' });
    const order: unknown[] = [];
    const note = ({ content }: Message): void => void order.push(content['order']);
    await applyRoutes(test, [route('websocket.receive', note)], async () => {
      for (let count = 0; count < 3; count++) await client.sendAndConsume('websocket.receive');
    });
    expect(order).toEqual([0, 1, 2]);
    expect(() => client.send('websocket.receive', { order: 7 })).toThrow(TypeError);
  });

  it('leaves the order to a test that wants it', async () => {
    const client = (await start()).wsClient({ ordered: false });
    await client.send('websocket.receive', { order: 7 });
    await client.send('websocket.receive');
    const [one, other] = [
      await client.getNextMessage('websocket.receive'),
      await client.getNextMessage('websocket.receive'),
    ];
    expect(one?.content['order']).toBe(7);
    expect(other?.content).not.toHaveProperty('order');
  });

  it('has its handshake accepted, or says what it got instead', async () => {
    const test = await start();
    const welcome = test.wsClient({ path: '/rooms/blue' });
    await welcome.sendAndConsume('websocket.connect');
    expect(await welcome.receive()).toBeUndefined();
    const unwanted = test.wsClient({ path: '/rooms/closed' });
    await expect(unwanted.sendAndConsume('websocket.connect')).rejects.toThrow(UnexpectedFrame);
    await unwanted.sendAndConsume('websocket.connect', {}, { checkAccept: false });
    expect(await unwanted.receive()).toMatchObject({ accept: false });
  });

  it('sends values as JSON and reads replies as JSON, text or bytes', async () => {
    const client = (await start()).wsClient({ path: '/echo' });
    await client.sendAndConsume('websocket.receive', { text: { a: 1 } });
    expect(await client.receive()).toEqual({ a: 1 });
    await client.sendAndConsume('websocket.receive', { text: 'plain' });
    expect(await client.receiveText()).toBe('plain');
    await client.sendAndConsume('websocket.receive', { bytes: new Uint8Array([1]) });
    expect(await client.receive()).toEqual(Buffer.from([1]));
    expect(await client.receive()).toBeUndefined();
  });

  it('gets the close that a handler throws', async () => {
    const client = (await start()).wsClient({ path: '/rooms/blue' });
    await client.sendAndConsume('websocket.receive', { text: '"bye"' });
    expect(await client.receive()).toMatchObject({ close: 4000 });
  });
});
