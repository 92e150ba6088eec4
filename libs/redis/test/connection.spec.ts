import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { redisLayer } from '@nest-channels/redis';
import { TestRedis } from './support/layers.js';
import { OldRedis } from './support/old-redis.js';

let redis: TestRedis;

beforeAll(async () => {
  redis = await TestRedis.start('--requirepass', 'secret');
});
afterEach(() => redis.closeLayers());
afterAll(() => redis.stop());

/** Starts a server that says it is a Redis of this version, and agrees to everything. */
async function pretender(version: string): Promise<Server> {
  const info = `redis_version:${version}\r\nloading:0\r\n`;
  const server = createServer((socket) => {
    socket
      .on('error', () => undefined)
      .on('data', (data) => {
        for (const command of String(data).split(/(?=^\*\d+\r\n)/m)) {
          const isInfo = /\r\ninfo\r\n/i.test(command);
          socket.write(isInfo ? `$${info.length}\r\n${info}\r\n` : '+OK\r\n');
        }
      });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server;
}

/** Connects a layer to such a server; both are gone when it resolves or rejects. */
async function connectedTo(version: string): Promise<void> {
  const server = await pretender(version);
  const { port } = server.address() as AddressInfo;
  const layer = redisLayer({ url: `redis://127.0.0.1:${port}` });
  try {
    await layer.connected();
  } finally {
    await layer.close();
    server.close();
    await once(server, 'close');
  }
}

describe('a connection', () => {
  it.each([
    ['no password', ''],
    ['a wrong password', ':wrong@'],
    ['an unknown user', 'nobody:secret@'],
  ])('with %s is refused, and says so to every call', async (_, credentials) => {
    const url = `redis://${credentials}127.0.0.1:${redis.server.port}`;
    const layer = redis.layer({ url });
    const refused = { code: 'CHANNELS_REDIS_REFUSED' };
    await expect(layer.connected()).rejects.toMatchObject(refused);
    await expect(layer.send('jobs', {})).rejects.toMatchObject(refused);
    const { signal } = new AbortController();
    await expect(layer.receive(['jobs'], { signal })).rejects.toMatchObject(refused);
  });

  it('to a database that is not there is refused', async () => {
    const url = `redis://:secret@127.0.0.1:${redis.server.port}/99`;
    const connected = redis.layer({ url }).connected();
    await expect(connected).rejects.toMatchObject({ code: 'CHANNELS_REDIS_REFUSED' });
  });

  it('to a server that is too old says which version it is', async () => {
    const old = await OldRedis.start(redis.server.port);
    const connected = redis.layer({ url: `redis://:secret@127.0.0.1:${old.port}` }).connected();
    await expect(connected).rejects.toMatchObject({
      code: 'CHANNELS_REDIS_TOO_OLD',
      message: expect.stringMatching(/Redis 6\.\d+\.\d+:/),
    });
    await old.close();
  });

  it('to a Valkey, which says that it is a Redis 7.2, gets past its version', async () => {
    // It is asked for the layout next, where the pretender does not know what to say.
    const asked = { code: 'CHANNELS_REDIS_LAYOUT_FOREIGN' };
    await expect(connectedTo('7.2.4\r\nvalkey_version:8.1.1')).rejects.toMatchObject(asked);
  });

  it('to a Valkey in a cluster that was given as one server is refused', async () => {
    const connected = connectedTo('7.2.4\r\nvalkey_version:8.1.1\r\nserver_mode:cluster');
    await expect(connected).rejects.toMatchObject({
      code: 'CHANNELS_REDIS_REFUSED',
      message: expect.stringContaining('"cluster"'),
    });
  });

  it('to nobody fails in time, for certain, and is made as soon as somebody is there', async () => {
    const other = await TestRedis.start();
    await other.server.kill();
    const layer = other.layer({ timeoutMs: 200 });
    const outage = { code: 'CHANNELS_LAYER_UNAVAILABLE', executed: 'no' };
    await expect(layer.connected()).rejects.toMatchObject(outage);
    await expect(layer.send('jobs', {})).rejects.toMatchObject(outage);
    await other.server.start();
    const { signal } = new AbortController();
    const received = layer.receive(['jobs'], { signal });
    await other.layer().send('jobs', { id: 1 });
    expect(await received).toEqual([{ channels: ['jobs'], content: { id: 1 } }]);
    await other.stop();
  });
});
