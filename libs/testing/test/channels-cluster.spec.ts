import { afterEach, describe, expect, it } from '@jest/globals';
import { Consumer } from 'nest-channels';
import { type ChannelsClusterOptions, createChannelsCluster } from '../src/index.js';
import { Echo, Pages, Rooms } from './support/consumers.js';
import { Tests } from './support/tests.js';

const tests = new Tests();
afterEach(tests.close);

const start = async (options: ChannelsClusterOptions) =>
  tests.add(await createChannelsCluster({ logger: false, ...options }));

describe('a cluster', () => {
  it('lets clients of two servers talk through three workers', async () => {
    const cluster = await start({ providers: [Rooms], servers: 2, workers: 3 });
    const clients = [0, 1].map(() => cluster.webSocket('/rooms/blue'));
    for (const client of clients) expect(await client.connect()).toEqual({ accepted: true });
    await clients[0].sendJson('hi');
    for (const client of clients) expect(await client.receiveJson()).toMatchObject({ said: 'hi' });
    const [one, other] = await cluster.channels.group('room-blue').channels();
    expect(one.split('!')[0]).not.toBe(other.split('!')[0]);
  });

  it('keeps its sockets while workers come and go', async () => {
    const cluster = await start({ providers: [Echo] });
    const socket = cluster.webSocket('/echo');
    await socket.connect();
    await cluster.workers[0].stop();
    await socket.send('meanwhile');
    await socket.receiveNothing();
    await cluster.startWorker();
    expect(await socket.receive()).toBe('meanwhile');
  });

  it('loses the sockets of a server that stops, and those only', async () => {
    const cluster = await start({ providers: [Echo], servers: 2 });
    const [first, second] = cluster.servers;
    const leaving = cluster.webSocket('/echo', { server: first });
    const staying = cluster.webSocket('/echo', { server: second });
    await Promise.all([leaving.connect(), staying.connect()]);
    await first.stop();
    expect(await leaving.closed()).toMatchObject({ code: 1012 });
    await staying.send('still here');
    expect(await staying.receive()).toBe('still here');
    expect(await cluster.webSocket('/echo').connect()).toEqual({ accepted: true });
  });

  it('has controllers on its servers, time of its own and layers to take away', async () => {
    const cluster = await start({ controllers: [Pages], providers: [Echo] });
    expect(await (await cluster.fetch('/made', { method: 'POST' })).text()).toBe('made');
    cluster.faults.down();
    const connecting = cluster.webSocket('/echo').connect();
    await cluster.advance(5_000);
    expect(await connecting).toMatchObject({ status: 503 });
    expect(cluster.layer().name).toBe('memory');
    cluster.faults.up();
  });

  it('reports an impossible configuration', async () => {
    class Wrong {
      @Consumer('with space')
      handle() {}
    }
    await expect(start({ providers: [Wrong] })).rejects.toThrow('with space');
  });
});
