import { once } from 'node:events';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { ServerOptions } from '../../src/server-options.js';
import type { Connection } from '../../src/server/connection.js';
import { ConnectionBench, stopBenches, tell } from '../support/connection-bench.js';
import { settled } from '../support/settled.js';
import type { TestSocket } from '../support/test-socket.js';

afterEach(async () => {
  expect(await stopBenches()).toBe(0);
});

interface Ordered {
  readonly bench: ConnectionBench;
  readonly client: TestSocket;
  readonly connection: Connection;
}

/** Opens a connection that is handled in strict order and has sent some frames. */
async function ordered(frames: readonly string[], options?: ServerOptions): Promise<Ordered> {
  const bench = await ConnectionBench.start(options);
  const { client, connection } = await bench.connecting();
  tell(connection, { ordered: true });
  tell(connection, { accept: true });
  tell(connection, { settled: 0 });
  await client.opened;
  for (const frame of frames) client.send(frame);
  if (frames.length > 0) expect(await bench.next('receive')).toMatchObject({ text: frames[0] });
  return { bench, client, connection };
}

describe('Connection in strict order', () => {
  it.each([
    ['after', [{ accept: true }, { settled: 0 }]],
    ['before', [{ settled: 0 }, { accept: true }]],
  ])('sends its first frame when connect is settled, %s the accept', async (_when, replies) => {
    const bench = await ConnectionBench.start();
    const { client, connection } = await bench.connecting();
    tell(connection, { ordered: true });
    tell(connection, replies[0]);
    client.webSocket.once('open', () => client.send('first'));
    if (replies[0].accept) {
      await client.opened;
      client.webSocket.ping();
      await new Promise((resolve) => client.webSocket.once('pong', resolve));
      expect(await bench.sent('receive')).toEqual([]);
    }
    tell(connection, replies[1]);
    expect(await bench.next('receive')).toMatchObject({ text: 'first', order: 1 });
  });

  it('sends its disconnect when its last frame is settled, also when it was cut off', async () => {
    const { bench, client, connection } = await ordered(['1', '2']);
    client.webSocket.ping();
    await new Promise((resolve) => client.webSocket.once('pong', resolve));
    client.webSocket.terminate();
    tell(connection, { settled: 1 });
    expect(await bench.next('receive')).toMatchObject({ text: '2' });
    expect(await bench.sent('disconnect')).toEqual([]);
    tell(connection, { settled: 2 });
    expect(await bench.next('disconnect')).toMatchObject({ code: 1006, order: 3 });
    await bench.end();
    expect(bench.forgotten).toHaveLength(1);
  });

  it('answers all its frames before it answers the close of its client', async () => {
    const { bench, client, connection } = await ordered(['1', '2']);
    const closed = client.close();
    while (bench.clock.timers === 0) await settled();
    for (const order of [1, 2]) {
      tell(connection, { text: `answer ${order}` });
      tell(connection, { settled: order });
      if (order === 1) await bench.next('receive');
    }
    expect(await bench.next('disconnect')).toMatchObject({ code: 1000, order: 3, settle: true });
    tell(connection, { settled: 3 });
    expect(await client.take(2)).toEqual(['answer 1', 'answer 2']);
    expect(await closed).toMatchObject({ code: 1000 });
  });

  it('is closed with 1011 when a frame is not settled in time', async () => {
    const { bench, client, connection } = await ordered(['1'], { settleTimeoutMs: 500 });
    connection.check(500, { afterStall: false });
    expect(await client.closed).toEqual({ code: 1011, reason: 'a frame was not handled' });
    expect(await bench.next('disconnect')).toMatchObject({ code: 1011, order: 2 });
    expect(bench.logs.messages('warn')).toEqual([
      'WebSocket "/path" waited 500 ms in vain for a frame to be handled',
    ]);
  });

  it('goes on when a frame is not settled in time, if it shall', async () => {
    const options = { settleTimeoutMs: 500, unsettledPolicy: 'advance' } as const;
    const { bench, client, connection } = await ordered(['1'], options);
    client.send('2');
    client.webSocket.ping();
    await new Promise((resolve) => client.webSocket.once('pong', resolve));
    connection.check(500, { afterStall: false });
    expect(await bench.next('receive')).toMatchObject({ text: '2' });
    expect(bench.logs.messages('warn')).toEqual([]);
  });

  it.each([
    ['before it stops', false],
    ['while it stops', true],
  ])('lingers for a bounded time when its client leaves %s', async (_when, isStopping) => {
    const { bench, client, connection } = await ordered(['1']);
    bench.isStopping = isStopping;
    client.webSocket.terminate();
    const [socket] = bench.server.sockets;
    if (!socket.destroyed) await once(socket, 'close');
    if (!isStopping) connection.close({ code: 1012, reason: 'server is restarting' });
    while (bench.clock.timers === 0) await settled();
    bench.clock.advance(5_000);
    expect(await bench.next('disconnect')).toMatchObject({ order: 2 });
    await bench.end();
  });
});
