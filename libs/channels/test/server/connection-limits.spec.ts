import { once } from 'node:events';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ChannelFull, type Content } from '@nest-channels/core';
import { coalesce } from '../../src/outbound-policy.js';
import type { Connection } from '../../src/server/connection.js';
import { ConnectionBench, REPLY_CHANNEL, stopBenches, tell } from '../support/connection-bench.js';
import { settled } from '../support/settled.js';

afterEach(async () => {
  expect(await stopBenches()).toBe(0);
});

const ON_TIME = { afterStall: false };
const KB = 'x'.repeat(1_024);

const isFull =
  (full: string) =>
  (channel: string): Promise<void> =>
    channel === full ? Promise.reject(new ChannelFull(channel, 5)) : Promise.resolve();

/** Checks a connection at a time of the test's clock, as the heartbeat does. */
function check(bench: ConnectionBench, connection: Connection, afterMs: number): void {
  bench.clock.advance(afterMs);
  connection.check(bench.clock.now(), ON_TIME);
}

/** Lets time pass and whatever it sets off. */
async function pass(bench: ConnectionBench, ms: number): Promise<void> {
  bench.clock.advance(ms);
  await settled();
}

/** Opens a connection with a window of two frames and fills it; a third frame is kept. */
async function filled() {
  const bench = await ConnectionBench.start({ maxUnsettledFrames: 2 });
  const opened = await bench.raw();
  tell(opened.connection, { accept: true });
  const paused = once(bench.server.sockets[0], 'pause');
  opened.client.socket.cork();
  for (const text of ['1', '2', '3']) opened.client.frame(1, Buffer.from(text));
  opened.client.socket.uncork();
  await paused;
  expect(await bench.sent('receive')).toMatchObject([{ text: '1' }, { text: '2' }]);
  return { bench, ...opened };
}

/** Sends 64 KB frames until the client, which does not read, has the server keep some. */
function flood(connection: Connection, count: number, name = ''): void {
  for (let frame = 0; frame < count; frame++) tell(connection, { text: name + KB.repeat(64) });
}

describe('a connection on a full layer', () => {
  it('is refused with 503 and Retry-After when it cannot be asked for', async () => {
    const bench = await ConnectionBench.start();
    bench.layer.faults.send = isFull('websocket.connect');
    const { client } = await bench.raw();
    const response = await client.response();
    expect(response).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\n/);
    expect(response).toMatch(/\r\nRetry-After: \d+\r\n/);
    expect(bench.forgotten).toEqual([REPLY_CHANNEL]);
  });

  it('pauses its socket, and goes on in order when there is room', async () => {
    const bench = await ConnectionBench.start();
    const { client, connection } = await bench.open();
    bench.layer.faults.send = isFull('websocket.receive');
    const [socket] = bench.server.sockets;
    const paused = once(socket, 'pause');
    for (const text of ['1', '2']) client.send(text);
    await paused;
    client.send('3');
    bench.layer.faults.send = undefined;
    bench.clock.advance(100);
    for (const text of ['1', '2', '3']) expect(await bench.next('receive')).toMatchObject({ text });
    expect(bench.logs.messages('warn')).toEqual([]);
    tell(connection, { close: true });
    await bench.end();
  });

  it('is closed with 1013 when there is no room for overloadTimeoutMs', async () => {
    const bench = await ConnectionBench.start({ overloadTimeoutMs: 200 });
    const { client } = await bench.open();
    bench.layer.faults.send = isFull('websocket.receive');
    const paused = once(bench.server.sockets[0], 'pause');
    client.send('1');
    await paused;
    for (let retry = 0; retry < 2; retry++) {
      bench.clock.advance(100);
      await settled();
    }
    bench.layer.faults.send = undefined;
    expect(await client.closed).toEqual({ code: 1013, reason: 'overloaded' });
    expect(await bench.next('disconnect')).toMatchObject({ code: 1013 });
  });

  it('has its disconnect sent when there is room', async () => {
    const bench = await ConnectionBench.start();
    const { client } = await bench.open();
    bench.layer.faults.send = isFull('websocket.disconnect');
    await client.close(4000);
    await bench.end();
    await settled();
    bench.layer.faults.send = undefined;
    bench.clock.advance(100);
    expect(await bench.next('disconnect')).toMatchObject({ code: 4000 });
  });

  it('has its disconnect lost, and logged, only when there is no room for 10 s', async () => {
    const bench = await ConnectionBench.start();
    const { client } = await bench.open();
    bench.layer.faults.send = isFull('websocket.disconnect');
    await client.close(4000);
    await bench.end();
    await settled();
    for (let waited = 0; waited < 9_900; waited += 100) await pass(bench, 100);
    expect(bench.logs.messages('warn')).toEqual([]);
    await pass(bench, 100);
    expect(bench.logs.messages('warn')).toEqual([
      expect.stringContaining('WebSocket "/path" lost its websocket.disconnect message'),
    ]);
  });
});

describe('a connection with a full window', () => {
  it('pauses its socket until frames are settled', async () => {
    const bench = await ConnectionBench.start({ maxUnsettledFrames: 2 });
    const { client, connection } = await bench.open();
    const paused = once(bench.server.sockets[0], 'pause');
    for (const text of ['1', '2', '3']) client.send(text);
    expect(await bench.next('receive')).toMatchObject({ order: 1, settle: true });
    expect(await bench.next('receive')).toMatchObject({ order: 2, settle: true });
    await paused;
    expect(await bench.sent('receive')).toEqual([]);
    tell(connection, { settled: 2 });
    expect(await bench.next('receive')).toMatchObject({ order: 3, text: '3' });
    tell(connection, { close: true });
    await bench.end();
  });

  it('opens it after a minute in which nothing was settled', async () => {
    const { bench, client, connection } = await filled();
    check(bench, connection, 59_999);
    expect(await bench.sent('receive')).toEqual([]);
    check(bench, connection, 1);
    expect(await bench.sent('receive')).toMatchObject([{ text: '3', order: 3 }]);
    client.reset();
    await bench.end();
  });

  it('is pinged while its socket is paused, and need not answer', async () => {
    const { bench, client, connection } = await filled();
    for (const ms of [1_000, 20_000, 30_000]) check(bench, connection, ms);
    await client.until('\x89\x00'.repeat(3));
    expect(bench.forgotten).toEqual([]);
    tell(connection, { settled: 2 });
    client.reset();
    await bench.end();
  });

  it('has the frames it kept sent ahead of its disconnect', async () => {
    const { bench, client, connection } = await filled();
    tell(connection, { close: 4000 });
    client.reset();
    expect(await bench.next('disconnect')).toMatchObject({ order: 4 });
    expect(await bench.sent('receive')).toMatchObject([{ text: '3', order: 3 }]);
  });
});

describe('a connection that is silent', () => {
  it('is pinged after pingIntervalMs, and lives on with the pong', async () => {
    const bench = await ConnectionBench.start();
    const { client, connection } = await bench.open();
    const ping = once(client.webSocket, 'ping');
    check(bench, connection, 1_000);
    check(bench, connection, 20_000);
    await ping;
    while (bench.server.sockets[0].bytesRead === 0) await settled();
    await once(bench.server.sockets[0], 'data');
    check(bench, connection, 30_000);
    expect(bench.forgotten).toEqual([]);
  });

  it('is cut off after pingTimeoutMs, though much was sent to it', async () => {
    const bench = await ConnectionBench.start();
    const { client, connection } = await bench.raw();
    tell(connection, { accept: true });
    check(bench, connection, 1_000);
    check(bench, connection, 20_000);
    tell(connection, { text: 'news' });
    check(bench, connection, 30_000);
    await client.ended;
    expect(await bench.next('disconnect')).toMatchObject({ code: 1006 });
    expect(bench.logs.messages('warn')).toEqual([
      'WebSocket "/path" was cut off: silent for 30000 ms after a ping',
    ]);
  });

  it('is not cut off for a time in which the process itself stood still', async () => {
    const bench = await ConnectionBench.start();
    const { connection } = await bench.raw();
    tell(connection, { accept: true });
    check(bench, connection, 1_000);
    check(bench, connection, 20_000);
    bench.clock.advance(90_000);
    connection.check(bench.clock.now(), { afterStall: true });
    expect(bench.forgotten).toEqual([]);
  });
});

describe('a connection that never ends a message', () => {
  it('is closed with 1008 after messageTimeoutMs', async () => {
    const bench = await ConnectionBench.start();
    const { client, connection } = await bench.raw();
    tell(connection, { accept: true });
    const read = once(bench.server.sockets[0], 'data');
    client.frame(1, Buffer.from('half'), 0);
    await read;
    check(bench, connection, 1_000);
    check(bench, connection, 30_000);
    await client.until('message took too long');
    client.socket.end();
    expect(await bench.next('disconnect')).toMatchObject({ code: 1006 });
    await client.ended;
  });
});

describe('a connection at its maximum age', () => {
  it('is closed with 1012', async () => {
    const bench = await ConnectionBench.start({ maxAgeMs: 60_000 });
    const { client, connection } = await bench.open();
    check(bench, connection, 59_999);
    check(bench, connection, 1);
    expect(await client.closed).toMatchObject({ code: 1012 });
    await bench.end();
  });
});

describe('a connection whose client does not read', () => {
  async function unread(options: Parameters<typeof ConnectionBench.start>[0]) {
    const bench = await ConnectionBench.start(options);
    const { client, connection } = await bench.raw();
    tell(connection, { accept: true });
    await client.until('\r\n\r\n');
    client.socket.pause();
    // What the kernel's buffers take is out of the server's hands.
    for (let round = 0; round < 200 && !bench.server.sockets[0].writableNeedDrain; round++) {
      flood(connection, 1);
      await settled();
    }
    return { bench, client, connection };
  }

  it('is closed with 1013 when more than maxOutboundBytes wait', async () => {
    const { bench, client, connection } = await unread({ maxOutboundBytes: 256 * 1_024 });
    flood(connection, 8);
    expect(bench.logs.messages('warn')).toEqual([
      'WebSocket "/path" closed with 1013: its client reads too slowly',
    ]);
    client.reset();
    expect(await bench.next('disconnect')).toMatchObject({ code: 1006 });
    await client.ended;
  });

  it('is closed with 1013 when it reads nothing for outboundTimeoutMs', async () => {
    const { bench, client, connection } = await unread({});
    check(bench, connection, 10_000);
    expect(bench.logs.messages('warn')).toEqual([
      'WebSocket "/path" closed with 1013: its client reads too slowly',
    ]);
    client.reset();
    await bench.end();
    await client.ended;
  });

  it('is not closed for a time in which the process itself stood still', async () => {
    const { bench, client, connection } = await unread({});
    bench.clock.advance(90_000);
    connection.check(bench.clock.now(), { afterStall: true });
    check(bench, connection, 9_999);
    expect(bench.logs.messages('warn')).toEqual([]);
    check(bench, connection, 1);
    expect(bench.logs.messages('warn')).toHaveLength(1);
    client.reset();
    await bench.end();
    await client.ended;
  });

  it.each<[string, Parameters<typeof ConnectionBench.start>[0], number]>([
    ['loses what does not fit', { maxOutboundBytes: 256 * 1_024, outboundPolicy: 'drop' }, 1],
    ['keeps the latest of a key', { outboundPolicy: coalesce(() => 'all') }, 0],
  ])('%s, and stays open, when that is the policy', async (_what, options, leastDropped) => {
    const { bench, client, connection } = await unread(options);
    flood(connection, 50);
    expect(bench.logs.messages('warn')).toEqual([]);
    expect(bench.dropped).toBeGreaterThanOrEqual(leastDropped);
    tell(connection, { text: 'last' } satisfies Content);
    expect(bench.forgotten).toEqual([]);
    client.reset();
    await bench.end();
    await client.ended;
  });
});
