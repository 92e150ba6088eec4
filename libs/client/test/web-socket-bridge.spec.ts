import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { WebSocket } from 'ws';
import type { BridgeOptions } from '../src/bridge-options.js';
import { WebSocketBridge } from '../src/web-socket-bridge.js';
import { RecordedBridge } from './support/recorded-bridge.js';
import { SocketServer } from './support/socket-server.js';

let server: SocketServer;
let bridge: RecordedBridge;

const code = (value: string): unknown =>
  expect.objectContaining({ code: `CHANNELS_CLIENT_${value}` });

beforeEach(async () => {
  server = await SocketServer.start();
  bridge = new RecordedBridge();
});

afterEach(async () => {
  bridge.close();
  await server.stop();
  expect(bridge.clock.timers).toBe(0);
});

async function connected(options: BridgeOptions = {}): Promise<void> {
  bridge = new RecordedBridge(options);
  await bridge.connect(server.url).opened();
  await server.connected(1);
}

describe('connect()', () => {
  it('connects', async () => {
    await bridge.connect(server.url).opened();
    expect(bridge.status).toEqual({ state: 'open' });
    expect(bridge.statuses.map(({ state }) => state)).toEqual(['connecting', 'open']);
  });

  it('supports URLs relative to the page', async () => {
    const location = { protocol: 'http:', host: `127.0.0.1:${server.port}` };
    Object.assign(globalThis, { location });
    try {
      await bridge.connect('/rooms/blue').opened();
    } finally {
      Reflect.deleteProperty(globalThis, 'location');
    }
    expect(bridge.socket.url).toBe(`${server.url}rooms/blue`);
  });

  it('asks for subprotocols', async () => {
    await bridge.connect(server.url, ['chat.v2', 'chat.v1']).opened();
    expect(bridge.socket.protocol).toBe('chat.v2');
  });

  it('closes the connection there was, and keeps handlers', async () => {
    await bridge.connect(server.url).opened();
    const first = await server.connected(1);
    const closed = new Promise((resolve) => first.once('close', resolve));
    await bridge.connect(server.url).opened();
    expect(await closed).toBe(1000);
    const next = bridge.next();
    (await server.connected(2)).send('1');
    await next;
    expect(bridge.deliveries).toEqual([[1, null]]);
  });

  it('throws at once what cannot work', () => {
    expect(() => bridge.connect('rooms')).toThrow(code('CONFIG_INVALID'));
    expect(() => bridge.connect(server.url, ['a', 'a'])).toThrow(code('CONFIG_INVALID'));
    expect(() => bridge.connect(server.url, 'no token')).toThrow(code('CONFIG_INVALID'));
    const heartbeat = { message: 1n };
    expect(() => bridge.connect(server.url, [], { heartbeat })).toThrow(code('MESSAGE_INVALID'));
    expect(() => bridge.socket).toThrow(code('CONFIG_INVALID'));
  });

  it('lets listeners be added to the socket, which stay', async () => {
    await connected();
    const heard: unknown[] = [];
    bridge.socket.addEventListener('message', ({ data }) => heard.push(data));
    server.cut();
    await bridge.passDelay();
    await server.connected(2);
    await bridge.opened();
    const next = bridge.next();
    server.say('again');
    await next;
    expect(heard).toEqual(['"again"']);
  });
});

describe('a listener that changes the bridge', () => {
  it('may close it while it reconnects', async () => {
    await connected();
    bridge.onReconnect(() => bridge.close(4000, 'enough'));
    server.cut();
    await bridge.reached('waiting');
    bridge.send('never sent');
    await bridge.passDelay();
    await bridge.reached('closed');
    expect(bridge.status).toMatchObject({ code: 4000, by: 'client' });
    expect([bridge.statuses.at(-1), bridge.dropped]).toEqual([bridge.status, 1]);
  });

  it('may connect elsewhere, where what waited is sent', async () => {
    await connected();
    let moves = 0;
    bridge.onReconnect(() => {
      if (moves++ === 0) bridge.connect(`${server.url}elsewhere`);
    });
    server.cut();
    await bridge.reached('waiting');
    bridge.send('moved');
    await bridge.passDelay();
    await server.connected(3);
    await bridge.opened();
    expect(await server.received(1)).toEqual(['"moved"']);
    expect(bridge.socket.url).toBe(`${server.url}elsewhere`);
  });
});

describe('listen() and demultiplex()', () => {
  it('process messages, those of no stream with null', async () => {
    await connected();
    const feed = bridge.messages();
    server.say({ type: 'test', payload: 'message 1' });
    server.say({ type: 'test', payload: 'message 2' });
    await feed.next();
    await feed.next();
    expect(bridge.deliveries).toEqual([
      [{ type: 'test', payload: 'message 1' }, null],
      [{ type: 'test', payload: 'message 2' }, null],
    ]);
  });

  it('ignore messages of streams that nobody registered', async () => {
    await connected();
    const next = bridge.next();
    server.say({ stream: 'stream1', payload: { test: 1 } });
    server.say('after');
    await next;
    expect(bridge.deliveries).toEqual([['after', null]]);
    expect(bridge.errors).toEqual([]);
  });

  it('demultiplex messages only when they have a stream', async () => {
    await connected();
    const streams: unknown[] = [];
    for (const name of ['stream1', 'stream2']) {
      bridge.demultiplex(name, (payload, stream) => streams.push([payload, stream]));
    }
    const next = bridge.next();
    server.say({ stream: 'stream1', payload: { test: 1 } });
    server.say({ stream: 'stream2', payload: { test: 2 } });
    server.say({ type: 'test' });
    await next;
    expect(streams).toEqual([
      [{ test: 1 }, 'stream1'],
      [{ test: 2 }, 'stream2'],
    ]);
    expect(bridge.deliveries).toEqual([[{ type: 'test' }, null]]);
  });

  it('demultiplex without a default handler, the last one given for a stream', async () => {
    const plain = new WebSocketBridge({ WebSocket });
    const heard: unknown[] = [];
    plain.demultiplex('jobs', () => heard.push('first'));
    plain.demultiplex('jobs', (payload) => heard.push(payload));
    await plain.connect(server.url).opened();
    const next = plain.stream('jobs').next();
    await server.connected(1);
    server.say('to nobody');
    server.say({ stream: 'jobs', payload: 7 });
    expect(await next).toBe(7);
    expect(heard).toEqual([7]);
    plain.close();
  });

  it('go on after a handler that threw', async () => {
    await connected();
    bridge.demultiplex('jobs', () => {
      throw new Error('broken');
    });
    const next = bridge.next();
    server.say({ stream: 'jobs', payload: 1 });
    server.say('after');
    await next;
    expect(bridge.errors).toEqual([code('HANDLER_FAILED')]);
    expect(bridge.errors[0].cause).toEqual(new Error('broken'));
  });
});

describe('send()', () => {
  it('sends messages', async () => {
    await connected();
    expect(bridge.send({ type: 'test', payload: 'message 1' })).toBe('sent');
    expect(await server.received(1)).toEqual(['{"type":"test","payload":"message 1"}']);
  });

  it('multiplexes messages', async () => {
    await connected();
    bridge.stream('stream1').send({ type: 'test' });
    expect(await server.received(1)).toEqual(['{"stream":"stream1","payload":{"type":"test"}}']);
  });

  it('keeps what is sent without a connection, in order, before connect() too', async () => {
    expect(bridge.send(1)).toBe('queued');
    await bridge.connect(server.url).opened();
    await server.received(1);
    server.cut();
    await bridge.reached('waiting');
    expect(bridge.send(2)).toBe('queued');
    bridge.onReconnect(() => void bridge.send('resubscribe'));
    await bridge.passDelay();
    expect(await server.received(3)).toEqual(['1', '"resubscribe"', '2']);
  });

  it('throws when the queue is full, and counts what is dropped at the end', () => {
    bridge = new RecordedBridge({ maxQueuedMessages: 1 });
    bridge.send(1);
    expect(() => bridge.send(2)).toThrow(code('QUEUE_FULL'));
    bridge.connect(server.url).close();
    expect(bridge.dropped).toBe(1);
  });

  it('goes by the options of the last connect()', () => {
    bridge.send(1);
    bridge.connect(server.url, [], { maxQueuedMessages: 1 });
    expect(() => bridge.send(2)).toThrow(code('QUEUE_FULL'));
    bridge.connect(server.url, [], { offline: 'drop' });
    expect(bridge.send(3)).toBe('dropped');
  });

  it('drops or throws where the policy says so', () => {
    bridge = new RecordedBridge({ offline: 'drop' });
    expect(bridge.send(1)).toBe('dropped');
    expect(bridge.dropped).toBe(1);
    const throwing = new RecordedBridge({ offline: 'throw' });
    expect(() => throwing.send(1)).toThrow(code('DISCONNECTED'));
  });

  it('refuses what is too long for the server or no JSON, and the connection stays', async () => {
    await connected({ maxMessageBytes: 10 });
    expect(bridge.send('ääää')).toBe('sent');
    expect(() => bridge.send('ääääh')).toThrow(code('MESSAGE_TOO_LARGE'));
    expect(() => bridge.send(undefined)).toThrow(code('MESSAGE_INVALID'));
    expect(bridge.status.state).toBe('open');
  });
});

describe('a frame that is wrong', () => {
  it.each([
    ['{ not json', 'FRAME_INVALID'],
    ['{"stream":"jobs","error":{"code":"unknown"}}', 'SERVER_ERROR'],
    ['{"error":"bad envelope"}', 'SERVER_ERROR'],
  ])('is told as an error, and the next one is read: %s', async (frame, what) => {
    await connected();
    const next = bridge.next();
    server.sockets[0].send(frame);
    server.sockets[0].send(new Uint8Array(3));
    server.say('fine');
    await next;
    expect(bridge.errors).toEqual([code(what), code('FRAME_INVALID')]);
  });

  it('is written to the console where nobody listens', async () => {
    const log = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    const plain = new WebSocketBridge({ WebSocket });
    await plain.connect(server.url).opened();
    (await server.connected(1)).send('{');
    server.say('fine');
    await plain.next();
    expect(log.mock.calls).toEqual([[code('FRAME_INVALID')]]);
    log.mockRestore();
    plain.close();
  });
});

describe('a connection that ends', () => {
  it.each([1001, 1011, 1012])('with %d is made again', async (closeCode) => {
    await connected();
    server.closeAll(closeCode);
    expect(await bridge.reached('waiting')).toMatchObject({ code: closeCode, delayMs: 1_250 });
    await bridge.passDelay();
    await bridge.opened();
  });

  it('with 1013 is made again, later', async () => {
    await connected();
    server.closeAll(1013);
    expect((await bridge.reached('waiting')).delayMs).toBe(22_500);
  });

  it.each([1002, 1003, 1007, 1008, 1009, 4401])('with %d stays closed', async (closeCode) => {
    await connected();
    const next = bridge.next();
    server.closeAll(closeCode, 'why');
    await expect(next).rejects.toMatchObject({ closeCode, reason: 'why' });
    expect(bridge.status).toEqual({
      state: 'closed',
      code: closeCode,
      reason: 'why',
      by: 'server',
    });
    expect(bridge.errors).toEqual([code('ENDED')]);
    expect(() => bridge.send(1)).toThrow(code('ENDED'));
    await expect(bridge.opened()).rejects.toMatchObject({ closeCode });
  });

  it('with 1000 ends feeds without an error, and connect() begins anew', async () => {
    await connected();
    const feed = bridge.messages();
    server.closeAll(1000);
    expect(await feed.next()).toEqual({ done: true, value: undefined });
    expect(bridge.errors).toEqual([]);
    await bridge.connect(server.url).opened();
  });

  it('follows afterClose() of the application', async () => {
    await connected({ afterClose: (closeCode) => (closeCode === 4000 ? 'reconnect' : 'stop') });
    server.closeAll(4000);
    await bridge.passDelay();
    await bridge.opened();
    server.closeAll(1012);
    await bridge.reached('closed');
  });

  it('follows the table where afterClose() throws, which is told', async () => {
    await connected({
      afterClose: () => {
        throw new Error('broken');
      },
    });
    server.closeAll(1012);
    await bridge.passDelay();
    await bridge.opened();
    expect(bridge.errors).toEqual([code('HANDLER_FAILED')]);
  });

  it('is over when the socket itself is closed here', async () => {
    await connected();
    bridge.socket.close(4000, 'bye');
    expect(bridge.status).toEqual({ state: 'closed', code: 4000, reason: 'bye', by: 'client' });
  });

  it('is over after the pause in which the socket itself was closed', async () => {
    await connected();
    server.cut();
    await bridge.reached('waiting');
    bridge.socket.close();
    await bridge.passDelay();
    expect(await bridge.reached('closed')).toMatchObject({ code: 1000, by: 'client' });
  });

  it('is not closed with what no close frame can carry', async () => {
    await connected();
    for (const wrong of [999, 1001, 1006, 2999, 5000, 3000.5]) {
      expect(() => bridge.close(wrong)).toThrow(code('CLOSE_INVALID'));
    }
    expect(() => bridge.close(4000, 'ä'.repeat(62))).toThrow(code('CLOSE_INVALID'));
    expect(bridge.status.state).toBe('open');
  });

  it('comes back 20 times in a row with its handlers, later each time', async () => {
    await connected({ random: () => 1 });
    let reconnects = 0;
    bridge.onReconnect(() => reconnects++);
    const delays: number[] = [];
    for (let cut = 1; cut <= 20; cut++) {
      server.cut();
      delays.push(await bridge.passDelay());
      await server.connected(cut + 1);
      await bridge.opened();
    }
    const next = bridge.next();
    server.say('still here');
    expect(await next).toBe('still here');
    expect(bridge.deliveries).toEqual([['still here', null]]);
    expect(reconnects).toBe(20);
    expect(delays.slice(0, 6)).toEqual([2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    expect(Math.max(...delays)).toBe(30_000);
  });

  it('survives a server that is away, one attempt after each delay', async () => {
    await connected();
    const { port } = server;
    await server.stop();
    const delays: number[] = [];
    for (let attempt = 0; attempt < 2; attempt++) {
      delays.push(await bridge.passDelay());
      await bridge.reached('connecting');
      await bridge.reached('waiting');
    }
    server = await SocketServer.start(port);
    delays.push(await bridge.passDelay());
    await bridge.opened();
    expect(delays).toEqual([1_250, 2_250, 4_250]);
  });
});

describe('a machine that slept', () => {
  it('connects again, though nobody closed the connection', async () => {
    await connected();
    const [old] = server.sockets;
    old.pause();
    bridge.clock.sleep(60_000);
    bridge.clock.advance(6_000);
    await bridge.passDelay();
    await server.connected(2);
    await bridge.opened();
  });
});

describe('a heartbeat', () => {
  it('finds a connection that is silently dead', async () => {
    await connected({ heartbeat: { message: { ping: 1 } } });
    bridge.clock.advance(30_000);
    expect(await server.received(1)).toEqual(['{"ping":1}']);
    bridge.clock.advance(10_000);
    await bridge.passDelay();
    await server.connected(2);
    await bridge.opened();
  });
});

describe('feeds', () => {
  it('iterate over the payloads of a stream until they are aborted', async () => {
    await connected();
    const abort = new AbortController();
    const feed = bridge.stream('jobs').messages({ signal: abort.signal });
    for (const payload of [1, 2, 3]) server.say({ stream: 'jobs', payload });
    const read: unknown[] = [];
    for await (const payload of feed) {
      read.push(payload);
      if (payload === 3) abort.abort();
    }
    expect(read).toEqual([1, 2, 3]);
  });

  it('reject next() when it is aborted', async () => {
    await connected();
    const abort = new AbortController();
    const next = bridge.next({ signal: abort.signal });
    abort.abort(new Error('enough'));
    await expect(next).rejects.toThrow('enough');
  });

  it('go on over connections', async () => {
    await connected();
    const feed = bridge.messages();
    server.cut();
    await bridge.passDelay();
    await server.connected(2);
    await bridge.opened();
    server.say('again');
    expect(await feed.next()).toEqual({ done: false, value: 'again' });
  });
});
