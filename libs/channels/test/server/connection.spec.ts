import { once } from 'node:events';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ChannelFull, type Content, LayerUnavailable } from '@nest-channels/core';
import type { Connection } from '../../src/server/connection.js';
import { ConnectionBench, REPLY_CHANNEL, stopBenches, tell } from '../support/connection-bench.js';
import { deferred } from '../support/deferred.js';
import { Inbox } from '../support/inbox.js';
import type { RawClient } from '../support/raw-client.js';
import { settled } from '../support/settled.js';
import type { TestSocket } from '../support/test-socket.js';

afterEach(async () => {
  expect(await stopBenches()).toBe(0);
});

const GOING_AWAY = { code: 1012, reason: 'server is restarting' };

const CLOSE: Content = { close: true };

const disconnect = (code: number, order: number): Content => ({
  reply_channel: REPLY_CHANNEL,
  path: '/path',
  code,
  order,
});

const failOn =
  (failing: string, error: Error) =>
  (channel: string): Promise<void> =>
    channel === failing ? Promise.reject(error) : Promise.resolve();

describe('Connection', () => {
  it('asks the application with its handshake and its reply channel', async () => {
    const bench = await ConnectionBench.start();
    await bench.connecting('/path?q=1', { protocols: ['chat'] });
    expect(await bench.next('connect')).toMatchObject({
      reply_channel: REPLY_CHANNEL,
      scheme: 'ws',
      path: '/path',
      query_string: Buffer.from('q=1'),
      subprotocols: ['chat'],
      order: 0,
    });
    expect(await bench.sent('connect')).toEqual([]);
  });

  describe('while it is connecting', () => {
    it('is opened by an accept and needs its timer no more', async () => {
      const bench = await ConnectionBench.start();
      const { client, connection } = await bench.connecting();
      expect(bench.clock.timers).toBe(1);
      tell(connection, { accept: true });
      expect(bench.clock.timers).toBe(0);
      expect(await client.opened).not.toHaveProperty('sec-websocket-protocol');
      expect(await bench.sent('disconnect')).toEqual([]);
      expect(bench.forgotten).toEqual([]);
    });

    it('is opened with headers and a subprotocol', async () => {
      const bench = await ConnectionBench.start();
      const { client, connection } = await bench.connecting('/', { protocols: ['json', 'chat'] });
      tell(connection, { accept: true, subprotocol: 'chat', headers: { 'X-Room': 'blue' } });
      expect(await client.opened).toMatchObject({
        'x-room': 'blue',
        'sec-websocket-protocol': 'chat',
      });
    });

    it('is opened with the first that its client offers of those that the server knows', async () => {
      const bench = await ConnectionBench.start({ subprotocols: ['chat.v2', 'json', 'chat'] });
      const protocols = ['mqtt', 'chat', 'json'];
      const { client, connection } = await bench.connecting('/', { protocols });
      tell(connection, { accept: true });
      expect(await client.opened).toMatchObject({ 'sec-websocket-protocol': 'chat' });
      await client.close();
    });

    it('is opened without a subprotocol that its client did not offer, and logs it', async () => {
      const bench = await ConnectionBench.start();
      const { client, connection } = await bench.raw();
      tell(connection, { accept: true, subprotocol: 'chat' });
      await client.until('\r\n\r\n');
      client.reset();
      expect(await client.response()).not.toContain('Sec-WebSocket-Protocol');
      expect(bench.logs.messages('warn')).toEqual([
        'WebSocket "/path" accepted without subprotocol "chat", which its client did not offer',
      ]);
    });

    it.each<[string, Content, (string | Buffer)[]]>([
      ['an accept with text', { accept: true, text: 'hi' }, ['hi']],
      ['an accept with bytes', { accept: true, bytes: Buffer.from([1]) }, [Buffer.from([1])]],
      ['an accept with an empty text', { accept: true, text: '' }, ['']],
      ['text alone', { text: 'hi' }, ['hi']],
      ['bytes alone', { bytes: Buffer.from([1]) }, [Buffer.from([1])]],
    ])('is opened by %s and then sends it', async (_what, reply, frames) => {
      const bench = await ConnectionBench.start();
      const { client, connection } = await bench.connecting();
      tell(connection, reply);
      tell(connection, { text: 'last' });
      expect(await client.take(frames.length + 1)).toEqual([...frames, 'last']);
    });

    it.each<[string, Content, { code: number; reason: string }]>([
      ['text', { text: 'hi', close: true }, { code: 1000, reason: '' }],
      ['text and a code', { text: 'hi', close: 4000, reason: 'so' }, { code: 4000, reason: 'so' }],
      ['an accept', { accept: true, text: 'hi', close: 4001 }, { code: 4001, reason: '' }],
    ])('is opened and closed by a close with %s', async (_what, reply, close) => {
      const bench = await ConnectionBench.start();
      const { client, connection } = await bench.connecting();
      tell(connection, reply);
      expect(await client.next()).toBe('hi');
      expect(await client.closed).toEqual(close);
      expect(await bench.next('disconnect')).toEqual(disconnect(close.code, 1));
      expect(bench.forgotten).toEqual([REPLY_CHANNEL]);
    });

    it('is opened and closed by an accept with a close', async () => {
      const bench = await ConnectionBench.start();
      const { client, connection } = await bench.connecting();
      tell(connection, { accept: true, close: 4000 });
      await client.opened;
      expect(await client.closed).toEqual({ code: 4000, reason: '' });
    });

    it.each<[string, Content, string]>([
      ['a denial', { accept: false }, 'HTTP/1.1 403 Forbidden'],
      ['a denial with a status', { accept: false, status: 404 }, 'HTTP/1.1 404 Not Found'],
      ['a denial with data', { accept: false, text: 'secret' }, 'HTTP/1.1 403 Forbidden'],
      ['a denial with a close', { accept: false, close: 4000 }, 'HTTP/1.1 403 Forbidden'],
      ['a close', { close: true }, 'HTTP/1.1 403 Forbidden'],
      ['a close with a code', { close: 4000, reason: 'secret' }, 'HTTP/1.1 403 Forbidden'],
      ['a close with a status', { close: true, status: 404 }, 'HTTP/1.1 403 Forbidden'],
      ['a close with an empty text', { close: true, text: '' }, 'HTTP/1.1 403 Forbidden'],
      ['a close with no bytes', { close: true, bytes: Buffer.alloc(0) }, 'HTTP/1.1 403 Forbidden'],
    ])('is refused by %s, without a disconnect', async (_what, reply, statusLine) => {
      const bench = await ConnectionBench.start();
      const { client, connection } = await bench.raw();
      tell(connection, reply);
      expect(bench.forgotten).toEqual([REPLY_CHANNEL]);
      expect(bench.clock.timers).toBe(0);
      const response = await client.response();
      expect(response).toMatch(new RegExp(`^${statusLine}\r\n`));
      expect(response).not.toContain('secret');
      expect(await bench.sent('disconnect')).toEqual([]);
    });

    it('is refused with headers and a body', async () => {
      const bench = await ConnectionBench.start();
      const { client, connection } = await bench.raw();
      tell(connection, { accept: false, status: 402, headers: { 'X-Price': '5' }, body: 'pay' });
      expect(await client.response()).toMatch(
        /^HTTP\/1\.1 402 .*\r\nX-Price: 5\r\n.*\r\n\r\npay$/s,
      );
    });

    it.each<[string, Content]>([
      ['nothing', {}],
      ['an empty text', { text: '' }],
      ['no bytes', { bytes: Buffer.alloc(0) }],
      ['no close', { close: false, reason: 'none' }],
      ['a null accept', { accept: null }],
      ['headers alone', { headers: { 'X-A': 'b' }, status: 404, body: 'none' }],
    ])('goes on waiting after %s', async (_what, reply) => {
      const bench = await ConnectionBench.start();
      const { client, connection } = await bench.connecting();
      tell(connection, reply);
      expect(bench.clock.timers).toBe(1);
      expect(bench.forgotten).toEqual([]);
      tell(connection, { text: 'first' });
      expect(await client.next()).toBe('first');
    });

    it('is refused with 503 when its time is over, and not before', async () => {
      const bench = await ConnectionBench.start({ acceptTimeoutMs: 70 });
      const { client } = await bench.raw();
      bench.clock.advance(69);
      expect(bench.forgotten).toEqual([]);
      bench.clock.advance(1);
      expect(bench.forgotten).toEqual([REPLY_CHANNEL]);
      expect(await client.response()).toMatch(/^HTTP\/1\.1 503 .*\r\nRetry-After: 5\r\n/s);
      expect(await bench.sent('disconnect')).toEqual([disconnect(1006, 1)]);
      expect(bench.logs.messages('warn')).toEqual([
        expect.stringMatching(
          /^WebSocket "\/path" refused with 503: nothing answered within 70 ms/,
        ),
      ]);
    });

    it('has no time limit any more when it has been answered', async () => {
      const bench = await ConnectionBench.start();
      const { client } = await bench.open();
      bench.clock.advance(1_000_000);
      client.send('still here');
      expect(await bench.next('receive')).toMatchObject({ text: 'still here' });
    });

    it.each<[string, (client: RawClient) => void]>([
      ['resets', (client) => client.reset()],
      ['ends', (client) => client.socket.end()],
      ['ends after early data', (client) => client.socket.end('early')],
    ])('ends with 1006 when its client %s', async (_how, leave) => {
      const bench = await ConnectionBench.start();
      const { client } = await bench.raw();
      leave(client);
      expect(await bench.next('disconnect')).toEqual(disconnect(1006, 1));
      expect(bench.forgotten).toEqual([REPLY_CHANNEL]);
      expect(bench.clock.timers).toBe(0);
      expect(await client.response()).toBe('');
    });

    it('ends with 1006 when it is accepted as its client goes', async () => {
      const bench = await ConnectionBench.start();
      const client = await bench.server.rawClient();
      client.handshake('/path');
      const connection = await bench.arrival();
      await connection.connect();
      const [socket] = bench.server.sockets;
      socket.destroy();
      tell(connection, { accept: true, text: 'too late' });
      expect(bench.forgotten).toEqual([REPLY_CHANNEL]);
      await client.ended;
      expect(await bench.sent('disconnect')).toEqual([disconnect(1006, 1)]);
      expect(bench.forgotten).toEqual([REPLY_CHANNEL]);
    });

    it('is refused with 413 when its client sends more than it may', async () => {
      const bench = await ConnectionBench.start({ maxEarlyBytes: 10 });
      const { client } = await bench.raw();
      client.socket.write('12345678901');
      expect(await bench.next('disconnect')).toEqual(disconnect(1006, 1));
      expect(await client.response()).toMatch(/^HTTP\/1\.1 413 /);
      expect(bench.forgotten).toEqual([REPLY_CHANNEL]);
      expect(bench.logs.messages('warn')).toEqual([
        'WebSocket "/path" refused with 413: over 10 bytes before accept',
      ]);
    });

    it('counts what came along with the handshake as early data', async () => {
      const bench = await ConnectionBench.start({ maxEarlyBytes: 10 });
      const client = await bench.server.rawClient();
      client.handshake('/path');
      const connection = await bench.arrival(Buffer.alloc(11));
      await connection.connect();
      await settled();
      expect(bench.forgotten).toEqual([REPLY_CHANNEL]);
      expect(await client.response()).toMatch(/^HTTP\/1\.1 413 /);
    });

    it('takes as much along with the handshake as a client may send', async () => {
      const bench = await ConnectionBench.start({ maxEarlyBytes: 10 });
      const client = await bench.server.rawClient();
      client.handshake('/path');
      const connection = await bench.arrival(Buffer.alloc(10));
      await connection.connect();
      expect(await bench.next('connect')).toMatchObject({ path: '/path' });
      expect(bench.forgotten).toEqual([]);
    });

    it('keeps early frames until it is accepted, in order with those that follow', async () => {
      const bench = await ConnectionBench.start({ maxEarlyBytes: 1_000 });
      const client = await bench.server.rawClient();
      client.handshake('/path');
      const head = Buffer.from([0x81, 0x81, 0, 0, 0, 0, 0x30]);
      const connection = await bench.arrival(head);
      await connection.connect();
      const [socket] = bench.server.sockets;
      for (const text of ['1', '2']) {
        const read = once(socket, 'data');
        client.frame(1, Buffer.from(text));
        await read;
      }
      expect(await bench.sent('receive')).toEqual([]);
      tell(connection, { accept: true });
      client.frame(1, Buffer.from('3'));
      const seen: Content[] = [];
      for (let frame = 0; frame < 4; frame++) seen.push(await bench.next('receive'));
      expect(seen.map(({ text, order }) => [text, order])).toEqual([
        ['0', 1],
        ['1', 2],
        ['2', 3],
        ['3', 4],
      ]);
    });

    it('is refused with 503 when the server closes it, and the application hears of it', async () => {
      const bench = await ConnectionBench.start();
      const { client, connection } = await bench.raw();
      connection.close(GOING_AWAY);
      expect(bench.forgotten).toEqual([REPLY_CHANNEL]);
      expect(bench.clock.timers).toBe(0);
      expect(await client.response()).toMatch(/^HTTP\/1\.1 503 /);
      expect(await bench.sent('disconnect')).toEqual([disconnect(1006, 1)]);
    });

    it.each([
      ['is full', new ChannelFull('websocket.connect', 5), 'Channel "websocket.connect" is full'],
      ['is gone', new LayerUnavailable('no layer'), 'no layer'],
    ])('is refused with 503 when the layer %s, without a disconnect', async (_how, error, why) => {
      const bench = await ConnectionBench.start();
      bench.layer.faults.send = failOn('websocket.connect', error);
      const { client } = await bench.raw();
      expect(bench.forgotten).toEqual([REPLY_CHANNEL]);
      expect(bench.clock.timers).toBe(0);
      expect(await client.response()).toMatch(/^HTTP\/1\.1 503 .*\r\nRetry-After: 5\r\n/s);
      expect(await bench.sent('disconnect')).toEqual([]);
      expect(bench.logs.messages('warn')).toEqual([
        expect.stringContaining(`WebSocket "/path" refused with 503: ${why}`),
      ]);
    });

    it.each<[string, (bench: ConnectionBench, connection: Connection) => void]>([
      ['its time is over', (bench) => bench.clock.advance(5_000)],
      ['the server closed it', (_bench, connection) => connection.close(GOING_AWAY)],
      ['it was denied', (_bench, connection) => tell(connection, { accept: false })],
    ])('is forgotten once when the layer fails after %s', async (_how, end) => {
      const bench = await ConnectionBench.start();
      const sending = deferred();
      bench.layer.faults.send = (channel) =>
        channel === 'websocket.connect' ? sending.promise : Promise.resolve();
      const client = await bench.server.rawClient();
      client.handshake('/path');
      const connection = await bench.arrival();
      const asked = connection.connect();
      end(bench, connection);
      sending.reject(new LayerUnavailable('no layer'));
      await asked;
      expect(bench.forgotten).toEqual([REPLY_CHANNEL]);
      await client.ended;
    });

    it('stays open when the layer fails after its message had got through', async () => {
      const bench = await ConnectionBench.start();
      const sending = deferred();
      bench.layer.faults.send = (channel) =>
        channel === 'websocket.connect' ? sending.promise : Promise.resolve();
      const client = bench.server.webSocket('/path');
      const connection = await bench.arrival();
      const asked = connection.connect();
      tell(connection, { accept: true });
      await client.opened;
      sending.reject(new LayerUnavailable('lost the answer'));
      await asked;
      expect(bench.forgotten).toEqual([]);
      tell(connection, { text: 'still here' });
      expect(await client.next()).toBe('still here');
    });
  });

  describe('while it is open', () => {
    it('passes each frame on as text or bytes, empty ones too, and counts them from 1', async () => {
      const bench = await ConnectionBench.start();
      const { client } = await bench.open();
      const base = { reply_channel: REPLY_CHANNEL, path: '/path' };
      const frames = ['snow ☃', Buffer.from([0, 255]), '', Buffer.alloc(0)];
      for (const frame of frames) client.send(frame);
      expect(await bench.next('receive')).toEqual({ ...base, order: 1, text: 'snow ☃' });
      expect(await bench.next('receive')).toEqual({
        ...base,
        order: 2,
        bytes: Buffer.from([0, 255]),
      });
      expect(await bench.next('receive')).toEqual({ ...base, order: 3, text: '' });
      expect(await bench.next('receive')).toEqual({ ...base, order: 4, bytes: Buffer.alloc(0) });
    });

    it('joins the fragments of a message', async () => {
      const bench = await ConnectionBench.start();
      const { client } = await bench.open();
      client.webSocket.send('one ', { fin: false });
      client.webSocket.send('two', { fin: true });
      expect(await bench.next('receive')).toMatchObject({ text: 'one two', order: 1 });
    });

    it('answers pings by itself', async () => {
      const bench = await ConnectionBench.start();
      const { client } = await bench.open();
      const pong = once(client.webSocket, 'pong');
      client.webSocket.ping('are you there?');
      expect(String((await pong)[0])).toBe('are you there?');
      expect(await bench.sent('receive')).toEqual([]);
    });

    it('sends text, bytes and empty frames', async () => {
      const bench = await ConnectionBench.start();
      const { client, connection } = await bench.open();
      const frames = ['snow ☃', Buffer.from([0, 255]), '', Buffer.alloc(0)];
      for (const frame of frames) {
        tell(connection, typeof frame === 'string' ? { text: frame } : { bytes: frame });
      }
      expect(await client.take(4)).toEqual(frames);
    });

    it('sends what it gets in one turn at once', async () => {
      const bench = await ConnectionBench.start();
      const { client, connection } = await bench.open();
      const [socket] = bench.server.sockets;
      const writes: number[] = [];
      const write: (chunk: Buffer) => boolean = socket.write.bind(socket);
      socket.write = (chunk: Buffer) => {
        writes.push(chunk.length);
        return write(chunk);
      };
      for (const text of ['1', '2', '3']) tell(connection, { text });
      expect(writes).toEqual([]);
      await settled();
      tell(connection, { text: '4' });
      expect(await client.take(4)).toEqual(['1', '2', '3', '4']);
      expect(writes).toEqual([9, 3]);
    });

    it.each<[string, Content, string[], { code: number; reason: string }]>([
      ['a close', { close: true }, [], { code: 1000, reason: '' }],
      ['a code and a reason', { close: 4000, reason: 'so' }, [], { code: 4000, reason: 'so' }],
      ['data and a close', { text: 'bye', close: 1001 }, ['bye'], { code: 1001, reason: '' }],
      ['a denial with a close', { accept: false, close: 1011 }, [], { code: 1011, reason: '' }],
      ['an accept with a close', { accept: true, close: 4000 }, [], { code: 4000, reason: '' }],
    ])('is closed by %s', async (_what, reply, frames, close) => {
      const bench = await ConnectionBench.start();
      const { client, connection } = await bench.open();
      client.send('one frame');
      await bench.next('receive');
      tell(connection, reply);
      expect(await client.take(frames.length)).toEqual(frames);
      expect(await client.closed).toEqual(close);
      expect(await bench.next('disconnect')).toEqual(disconnect(close.code, 2));
      expect(bench.forgotten).toEqual([REPLY_CHANNEL]);
    });

    it.each<[string, Content]>([
      ['an accept', { accept: true, headers: { 'X-A': 'b' }, subprotocol: 'chat' }],
      ['a denial', { accept: false, status: 404, body: 'none' }],
      ['no close', { close: false }],
      ['nothing', {}],
    ])('ignores %s', async (_what, reply) => {
      const bench = await ConnectionBench.start();
      const { client, connection } = await bench.open();
      tell(connection, reply);
      tell(connection, { text: 'next' });
      expect(await client.next()).toBe('next');
      expect(bench.logs.messages('warn')).toEqual([]);
    });

    it('is closed by the server with its code and reason', async () => {
      const bench = await ConnectionBench.start();
      const { client, connection } = await bench.open();
      connection.close(GOING_AWAY);
      expect(await client.closed).toEqual(GOING_AWAY);
      expect(await bench.next('disconnect')).toEqual(disconnect(1012, 1));
    });

    it.each<[string, number, (client: Awaited<ReturnType<ConnectionBench['open']>>) => void]>([
      ['with a code', 4000, ({ client }) => client.webSocket.close(4000, 'bye')],
      ['without a code', 1005, ({ client }) => client.webSocket.close()],
      ['without a close frame', 1006, ({ client }) => client.webSocket.terminate()],
    ])('ends with the code of its client: %s', async (_how, code, leave) => {
      const bench = await ConnectionBench.start();
      const opened = await bench.open();
      opened.client.send('one frame');
      await bench.next('receive');
      leave(opened);
      expect(await bench.next('disconnect')).toMatchObject(disconnect(code, 2));
      tell(opened.connection, { settled: 2 });
      await bench.end();
      expect(await bench.sent('disconnect')).toEqual([]);
    });

    it('answers the frames before a close before it answers the close', async () => {
      const bench = await ConnectionBench.start();
      const { client, connection } = await bench.open();
      client.send('one frame');
      client.webSocket.close(4000);
      expect(await bench.next('disconnect')).toEqual({ ...disconnect(4000, 2), settle: true });
      tell(connection, { text: 'an answer' });
      tell(connection, { settled: 1 });
      expect(bench.forgotten).toEqual([]);
      tell(connection, { settled: 2 });
      expect(await client.next()).toBe('an answer');
      expect(await client.closed).toEqual({ code: 4000, reason: '' });
      await bench.end();
      expect(await bench.sent('disconnect')).toEqual([]);
    });

    it('sends frames that the layer refuses as its client closes, ahead of its disconnect', async () => {
      const bench = await ConnectionBench.start();
      const { client, connection } = await bench.raw();
      tell(connection, { accept: true });
      await client.until('\r\n\r\n');
      bench.layer.faults.send = failOn(
        'websocket.receive',
        new ChannelFull('websocket.receive', 5),
      );
      client.socket.cork();
      for (const text of ['1', '2']) client.frame(1, Buffer.from(text));
      client.frame(8, Buffer.from([0x0f, 0xa0]));
      client.socket.uncork();
      await once(bench.server.sockets[0], 'data');
      await settled();
      bench.layer.faults.send = undefined;
      bench.clock.advance(100);
      expect(await bench.next('disconnect')).toEqual({ ...disconnect(4000, 3), settle: true });
      expect(await bench.sent('receive')).toMatchObject([{ text: '1' }, { text: '2' }]);
      expect(bench.logs.messages('warn')).toEqual([]);
      tell(connection, { settled: 3 });
      await client.ended;
    });

    it('answers a close after closeTimeoutMs when its frames are not handled by then', async () => {
      const bench = await ConnectionBench.start();
      const { client } = await bench.open();
      client.send('one frame');
      client.webSocket.close(4000);
      await bench.next('disconnect');
      bench.clock.advance(4_999);
      expect(bench.clock.timers).toBe(1);
      bench.clock.advance(1);
      expect(await client.closed).toEqual({ code: 4000, reason: '' });
      await bench.end();
    });

    it('logs a client that breaks the protocol, and ends', async () => {
      const bench = await ConnectionBench.start();
      const { client, connection } = await bench.raw();
      tell(connection, { accept: true });
      client.frame(3);
      client.socket.end();
      expect(await bench.next('disconnect')).toEqual(disconnect(1006, 1));
      expect(bench.forgotten).toEqual([REPLY_CHANNEL]);
      expect(bench.logs.messages('warn')).toEqual([
        'WebSocket "/path" broke the protocol: Invalid WebSocket frame: invalid opcode 3',
      ]);
      await client.ended;
    });

    it('is closed with 1013 when the layer is gone, and says it once', async () => {
      const bench = await ConnectionBench.start();
      const { client } = await bench.open();
      bench.layer.faults.send = failOn('websocket.receive', new LayerUnavailable('no layer'));
      for (const frame of ['1', '2', '3']) client.send(frame);
      expect(await client.closed).toEqual({ code: 1013, reason: 'layer unavailable' });
      expect(await bench.next('disconnect')).toMatchObject({ code: 1013 });
      expect(bench.logs.messages('warn')).toEqual(['WebSocket "/path" closed with 1013: no layer']);
      expect(bench.forgotten).toEqual([REPLY_CHANNEL]);
      expect(bench.lost).toBeGreaterThan(0);
    });
  });

  describe('when the layer fails on its last frames', () => {
    it.each([
      ['parting', (client: TestSocket) => void client.close()],
      [
        'closing',
        (_client: TestSocket, connection: Connection) => tell(connection, { close: 4000 }),
      ],
    ])('counts them and logs one line while it is %s', async (state, end) => {
      const bench = await ConnectionBench.start();
      const { client, connection } = await bench.open();
      const sending = deferred();
      const frames = new Inbox<string>();
      bench.layer.faults.send = async (channel) => {
        if (channel !== 'websocket.receive') return;
        frames.push(channel);
        await sending.promise;
      };
      for (const frame of ['1', '2']) client.send(frame);
      await frames.take(2);
      end(client, connection);
      if (state === 'parting') while (bench.clock.timers === 0) await settled();
      sending.reject(new LayerUnavailable('no layer'));
      await bench.next('disconnect');
      bench.clock.advance(5_000);
      await client.closed;
      expect(bench.logs.messages('warn')).toEqual(['WebSocket "/path" lost a frame: no layer']);
      expect(bench.lost).toBe(2);
    });
  });

  describe('while it is closing', () => {
    it('passes no frame on any more', async () => {
      const bench = await ConnectionBench.start();
      const { client, connection } = await bench.open();
      tell(connection, { close: 4000 });
      client.send('too late');
      expect(await bench.next('disconnect')).toEqual(disconnect(4000, 1));
      expect(await bench.sent('receive')).toEqual([]);
    });

    it('ignores replies and a second close', async () => {
      const bench = await ConnectionBench.start();
      const { client, connection } = await bench.open();
      const frames: string[] = [];
      client.webSocket.on('message', (data: Buffer) => frames.push(data.toString()));
      tell(connection, { text: 'last', close: 4000, reason: 'first' });
      tell(connection, { text: 'too late' });
      tell(connection, { close: 4001, reason: 'second' });
      connection.close(GOING_AWAY);
      expect(await client.closed).toEqual({ code: 4000, reason: 'first' });
      expect(frames).toEqual(['last']);
    });

    it('keeps the connection until its client has answered', async () => {
      const bench = await ConnectionBench.start();
      const { client, connection } = await bench.raw();
      tell(connection, { accept: true });
      tell(connection, { close: 4000 });
      await client.until('\x88\x02\x0f\xa0');
      expect(bench.forgotten).toEqual([]);
      client.frame(8, Buffer.from([0x0f, 0xa0]));
      expect(await bench.next('disconnect')).toEqual(disconnect(4000, 1));
      expect(bench.forgotten).toEqual([REPLY_CHANNEL]);
      await client.ended;
    });

    it('ends with 1006 when its client leaves without an answer', async () => {
      const bench = await ConnectionBench.start();
      const { client, connection } = await bench.raw();
      tell(connection, { accept: true });
      await client.until('\r\n\r\n');
      tell(connection, { close: 4000 });
      client.reset();
      expect(await bench.next('disconnect')).toEqual(disconnect(1006, 1));
      expect(bench.forgotten).toEqual([REPLY_CHANNEL]);
    });

    it('sends a frame that the layer refuses meanwhile again, ahead of its disconnect', async () => {
      const bench = await ConnectionBench.start();
      const { client, connection } = await bench.open();
      const sending = deferred();
      const asked = deferred();
      bench.layer.faults.send = (channel) => {
        if (channel !== 'websocket.receive') return Promise.resolve();
        asked.resolve();
        return sending.promise;
      };
      client.send('frame');
      await asked.promise;
      tell(connection, { close: 4000 });
      sending.reject(new ChannelFull('websocket.receive', 5));
      bench.layer.faults.send = undefined;
      expect(await client.closed).toEqual({ code: 4000, reason: '' });
      expect(await bench.next('disconnect')).toEqual(disconnect(4000, 2));
      expect(await bench.sent('receive')).toMatchObject([{ text: 'frame', order: 1 }]);
      expect(bench.logs.messages('warn')).toEqual([]);
    });
  });

  describe('when it is closed', () => {
    it.each<[string, number, (bench: ConnectionBench) => Promise<unknown>]>([
      [
        'it was denied',
        0,
        async (bench) => tell((await bench.raw()).connection, { accept: false }),
      ],
      ['it was closed at once', 0, async (bench) => tell((await bench.raw()).connection, CLOSE)],
      [
        'its time was over',
        1,
        async (bench) => {
          await bench.raw();
          bench.clock.advance(5_000);
        },
      ],
      ['its client left', 1, async (bench) => (await bench.raw()).client.reset()],
      ['it was closed when open', 1, async (bench) => tell((await bench.open()).connection, CLOSE)],
      ['its client closed', 1, async (bench) => (await bench.open()).client.close()],
    ])('ignores everything after %s', async (_how, disconnects, end) => {
      const bench = await ConnectionBench.start();
      await end(bench);
      const connection = await bench.end();
      const warnings = bench.logs.messages('warn');
      tell(connection, { accept: true, text: 'late' });
      tell(connection, { accept: false });
      tell(connection, { text: 'late', close: 4000 });
      connection.close(GOING_AWAY);
      bench.clock.advance(10_000);
      expect(await bench.sent('disconnect')).toHaveLength(disconnects);
      expect(bench.forgotten).toEqual([REPLY_CHANNEL]);
      expect(bench.logs.messages('warn')).toEqual(warnings);
    });

    it('logs a disconnect that the layer does not take, and is forgotten all the same', async () => {
      const bench = await ConnectionBench.start();
      const { client } = await bench.open();
      bench.layer.faults.send = failOn('websocket.disconnect', new LayerUnavailable('no layer'));
      await client.close();
      expect(await bench.logs.nextProblem()).toContain(
        'WebSocket "/path" lost its websocket.disconnect message: no layer',
      );
      expect(bench.forgotten).toEqual([REPLY_CHANNEL]);
    });
  });

  it('quotes what comes from its client in logs, so that nothing can forge a line', async () => {
    const bench = await ConnectionBench.start();
    const { connection } = await bench.raw('/a%0A%5BNest%5D%20all%20is%20well');
    // An application that takes the subprotocol from the query string.
    tell(connection, { accept: true, subprotocol: 'chat\n[Nest] all is well' });
    const [warning] = bench.logs.messages('warn');
    expect(warning).toContain('WebSocket "/a\\n[Nest] all is well" accepted');
    expect(warning).not.toContain('\n');
  });
});
