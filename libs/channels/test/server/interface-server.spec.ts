import { Duplex } from 'node:stream';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import {
  assertChannelName,
  ChannelFull,
  type Content,
  LayerUnavailable,
  ManualClock,
  memoryLayer,
  nonLocalName,
} from '@nest-channels/core';
import { type ChannelsModuleOptions, ChannelsSettings } from '../../src/channels-options.js';
import { Layers } from '../../src/layers.js';
import { InterfaceServer } from '../../src/server/interface-server.js';
import { FaultyLayer } from '../support/faulty-layer.js';
import { nextContent, waitingContents } from '../support/reading.js';
import { recordLogs } from '../support/recorded-logs.js';
import { settled } from '../support/settled.js';
import type { TestSocket } from '../support/test-socket.js';
import { stopUpgradeServers, UpgradeServer } from '../support/upgrade-server.js';

const started: Bench[] = [];

/** Is an interface server on a real HTTP server, with the test in the place of the worker. */
class Bench {
  readonly clock = new ManualClock();
  readonly layer = new FaultyLayer(this.clock);
  readonly logs = recordLogs();
  readonly interfaceServer: InterfaceServer;

  constructor(
    readonly server: UpgradeServer,
    options: ChannelsModuleOptions = {},
    { isAlone = true } = {},
  ) {
    const layers = { default: this.layer, ...options.layers };
    const settings = new ChannelsSettings({ ...options, layers, clock: this.clock });
    if (isAlone) server.http.removeAllListeners('upgrade');
    this.interfaceServer = new InterfaceServer(settings, new Layers(settings));
    started.push(this);
  }

  static async start(options?: ChannelsModuleOptions): Promise<Bench> {
    const bench = new Bench(await UpgradeServer.start(), options);
    bench.interfaceServer.start(bench.server.http);
    return bench;
  }

  /** Resolves with the reply channel of the next client that asks. */
  async asked(): Promise<string> {
    const content = await nextContent(this.layer, 'websocket.connect');
    return content['reply_channel'] as string;
  }

  async open(): Promise<{ client: TestSocket; name: string }> {
    const client = this.server.webSocket();
    const name = await this.asked();
    await this.layer.send(name, { accept: true });
    await client.opened;
    return { client, name };
  }

  disconnects(): Promise<Content[]> {
    return waitingContents(this.layer, 'websocket.disconnect');
  }
}

afterEach(async () => {
  await stopUpgradeServers();
  for (const bench of started.splice(0)) {
    await bench.interfaceServer.stop();
    expect(bench.clock.timers).toBe(0);
  }
});

describe('InterfaceServer', () => {
  it('gives each connection a channel of its own behind one address', async () => {
    const bench = await Bench.start();
    const names = new Set<string>();
    for (let client = 0; client < 40; client++) {
      (await bench.server.rawClient()).handshake('/');
      names.add(await bench.asked());
    }
    expect(names.size).toBe(40);
    for (const name of names) assertChannelName(name);
    expect(new Set([...names].map(nonLocalName)).size).toBe(1);
    expect(bench.interfaceServer.connections).toBe(40);
  });

  it('has an address of 128 random bits that no other server has', async () => {
    const addresses = new Set<string>();
    for (let server = 0; server < 5; server++) {
      const bench = await Bench.start();
      (await bench.server.rawClient()).handshake('/');
      addresses.add(nonLocalName(await bench.asked()));
    }
    expect(addresses.size).toBe(5);
    for (const address of addresses) expect(address).toMatch(/^server\.[\w-]{22}!$/);
  });

  it('carries out what is sent to a reply channel, for that connection alone', async () => {
    const bench = await Bench.start();
    const [one, two] = [await bench.open(), await bench.open()];
    await bench.layer.send(two.name, { text: 'for two' });
    await bench.layer.send(one.name, { text: 'for one' });
    expect(await one.client.next()).toBe('for one');
    expect(await two.client.next()).toBe('for two');
  });

  it('sends events on to the channel of their type, with the keys of each connection', async () => {
    const bench = await Bench.start();
    const names = [await bench.open(), await bench.open()].map(({ name }) => name);
    for (const name of names) await bench.layer.groupAdd('room', name);
    await bench.layer.groupSend('room', { type: 'chat.said', text: 'hi' });
    const events = [
      await nextContent(bench.layer, 'chat.said'),
      await nextContent(bench.layer, 'chat.said'),
    ];
    const event = { type: 'chat.said', text: 'hi', path: '/' };
    expect(events).toEqual(names.map((name) => ({ ...event, reply_channel: name })));
  });

  it('logs an event that finds its channel full', async () => {
    const bench = await Bench.start();
    const { name } = await bench.open();
    bench.layer.faults.send = (channel) =>
      channel === 'chat.said' ? Promise.reject(new ChannelFull(channel, 1)) : Promise.resolve();
    await bench.layer.send(name, { type: 'chat.said' });
    expect(await bench.logs.nextProblem()).toContain('lost an event of type "chat.said"');
  });

  it('takes a channel that nobody has any more out of its groups for an event too', async () => {
    const bench = await Bench.start();
    const { client, name } = await bench.open();
    await client.close();
    expect(await bench.layer.closed.next()).toBe(name);
    await bench.layer.send(name, { type: 'chat.said' });
    expect(await bench.layer.closed.next()).toBe(name);
  });

  it('speaks over the layer it is told to', async () => {
    const sockets = memoryLayer({ clock: new ManualClock() });
    const bench = await Bench.start({ layers: { sockets }, server: { layer: 'sockets' } });
    const client = bench.server.webSocket();
    const { reply_channel: name } = await nextContent(sockets, 'websocket.connect');
    await sockets.send(name as string, { text: 'hi' });
    expect(await client.next()).toBe('hi');
    expect(await waitingContents(bench.layer, 'websocket.connect')).toEqual([]);
  });

  it('counts its connections, pending ones too, and forgets those that end', async () => {
    const bench = await Bench.start();
    const { client, name } = await bench.open();
    const pending = await bench.server.rawClient();
    pending.handshake('/');
    const pendingName = await bench.asked();
    expect(bench.interfaceServer.connections).toBe(2);
    await client.close();
    expect(await bench.layer.closed.next()).toBe(name);
    expect(bench.interfaceServer.connections).toBe(1);
    await bench.layer.send(pendingName, { accept: false });
    await pending.ended;
    expect(await bench.layer.closed.next()).toBe(pendingName);
    expect(bench.interfaceServer.connections).toBe(0);
  });

  it('counts the frames that clients lose who read too slowly', async () => {
    const options = { maxOutboundBytes: 64 * 1_024, outboundPolicy: 'drop' } as const;
    const bench = await Bench.start({ server: options });
    const { client, name } = await bench.open();
    client.webSocket.pause();
    const text = 'x'.repeat(512 * 1_024);
    while (bench.interfaceServer.statistics().framesDropped === 0) {
      await bench.layer.send(name, { text });
      await settled();
    }
    expect(bench.interfaceServer.statistics().connections).toBe(1);
    client.webSocket.terminate();
  });

  it('looks after its connections once a second', async () => {
    const bench = await Bench.start({ server: { maxAgeMs: 3_000 } });
    const { client } = await bench.open();
    bench.clock.advance(2_999);
    expect(client.webSocket.readyState).toBe(1);
    bench.clock.advance(1);
    expect(await client.closed).toMatchObject({ code: 1012 });
  });

  it('writes the members of a group the same bytes', async () => {
    const bench = await Bench.start();
    const writes: unknown[] = [];
    const opened = [await bench.open(), await bench.open()];
    for (const socket of bench.server.sockets) {
      jest.spyOn(socket, 'write').mockImplementation((data) => {
        writes.push(data);
        return Duplex.prototype.write.call(socket, data, 'utf8');
      });
    }
    for (const { name } of opened) await bench.layer.groupAdd('room', name);
    await bench.layer.groupSend('room', { text: 'to all' });
    for (const { client } of opened) expect(await client.next()).toBe('to all');
    expect(writes).toHaveLength(2);
    expect(writes[0]).toBe(writes[1]);
  });

  it('takes a connection that ends out of its groups', async () => {
    const bench = await Bench.start();
    const [one, two] = [await bench.open(), await bench.open()];
    for (const { name } of [one, two]) await bench.layer.groupAdd('room', name);
    await one.client.close();
    await bench.layer.closed.next();
    expect(await bench.layer.groupChannels('room')).toEqual([two.name]);
  });

  it('takes a member out of its groups that joined after its end', async () => {
    const bench = await Bench.start();
    const [gone, here] = [await bench.open(), await bench.open()];
    await gone.client.close();
    await bench.layer.closed.next();
    for (const { name } of [gone, here]) await bench.layer.groupAdd('room', name);
    await bench.layer.groupSend('room', { text: 'hi' });
    expect(await here.client.next()).toBe('hi');
    expect(await bench.layer.closed.next()).toBe(gone.name);
    expect(await bench.layer.groupChannels('room')).toEqual([here.name]);
  });

  it('survives replies to connections that never were', async () => {
    const bench = await Bench.start();
    const { client, name } = await bench.open();
    const address = nonLocalName(name);
    for (const local of ['', 'zz', '__proto__', '1.2']) {
      await bench.layer.send(address + local, { text: 'anyone?' });
      expect(await bench.layer.closed.next()).toBe(address + local);
    }
    await bench.layer.send(name, { text: 'you' });
    expect(await client.next()).toBe('you');
    expect(bench.logs.messages('error')).toEqual([]);
  });

  it('logs that the layer cannot close a channel, and goes on', async () => {
    const bench = await Bench.start();
    const [gone, here] = [await bench.open(), await bench.open()];
    bench.layer.faults.closeChannel = () => Promise.reject(new LayerUnavailable('no layer'));
    await gone.client.close();
    expect(await bench.logs.nextProblem()).toContain('no layer');
    await bench.layer.send(gone.name, { text: 'gone' });
    expect(await bench.logs.nextProblem()).toContain('no layer');
    await bench.layer.send(here.name, { text: 'here' });
    expect(await here.client.next()).toBe('here');
    expect(bench.interfaceServer.connections).toBe(1);
  });

  it.each([
    ['a malformed handshake', '/', { 'Sec-WebSocket-Version': '8' }, 426],
    ['a page of another site', '/', { Origin: 'https://evil.example' }, 403],
  ])('tells the application nothing of %s', async (_what, path, headers, status) => {
    const bench = await Bench.start();
    const client = await bench.server.rawClient();
    client.handshake(path, headers);
    expect(await client.response()).toContain(`HTTP/1.1 ${status} `);
    expect(bench.interfaceServer.connections).toBe(0);
    expect(await waitingContents(bench.layer, 'websocket.connect')).toEqual([]);
  });

  it('is started once, however often it is asked to', async () => {
    const bench = await Bench.start();
    bench.interfaceServer.start(bench.server.http);
    const { client, name } = await bench.open();
    await bench.layer.send(name, { text: 'once' });
    expect(await client.next()).toBe('once');
    expect(await waitingContents(bench.layer, 'websocket.connect')).toEqual([]);
    expect(bench.interfaceServer.connections).toBe(1);
  });

  it('leaves listed paths to the listener that was there before, and takes all others', async () => {
    const server = await UpgradeServer.start();
    const bench = new Bench(server, { server: { foreignPaths: ['/graphql'] } }, { isAlone: false });
    bench.interfaceServer.start(server.http);
    const theirs = await server.rawClient();
    theirs.handshake('/graphql/socket');
    expect((await server.next()).request.url).toBe('/graphql/socket');
    (await server.rawClient()).handshake('/ours');
    await bench.asked();
    expect(bench.interfaceServer.connections).toBe(1);
    expect(bench.logs.messages('warn')).toEqual([]);
  });

  it('says that a listener hears nothing any more when no path is listed', async () => {
    const server = await UpgradeServer.start();
    const bench = new Bench(server, {}, { isAlone: false });
    bench.interfaceServer.start(server.http);
    expect(bench.logs.messages('warn')).toEqual([
      expect.stringContaining('List its paths in server.foreignPaths.'),
    ]);
  });

  describe('when it stops', () => {
    it('ends at once without connections, and reads no reply any more', async () => {
      const bench = await Bench.start();
      const { client, name } = await bench.open();
      await client.close();
      await bench.layer.closed.next();
      await bench.interfaceServer.stop();
      await bench.layer.send(name, { text: 'unread' });
      expect(await waitingContents(bench.layer, nonLocalName(name))).toEqual([{ text: 'unread' }]);
    });

    it('closes open connections with 1012 and sends their disconnects', async () => {
      const bench = await Bench.start();
      const opened = [await bench.open(), await bench.open(), await bench.open()];
      await bench.interfaceServer.stop();
      const closes = await Promise.all(opened.map(({ client }) => client.closed));
      expect(closes).toEqual(opened.map(() => ({ code: 1012, reason: 'server is restarting' })));
      const disconnects = await bench.disconnects();
      const codes = new Map(disconnects.map(({ reply_channel, code }) => [reply_channel, code]));
      expect(codes).toEqual(new Map(opened.map(({ name }) => [name, 1012])));
      expect(disconnects).toHaveLength(3);
      expect(bench.interfaceServer.connections).toBe(0);
    });

    it('waits until the last client has answered the close', async () => {
      const bench = await Bench.start();
      await bench.open();
      const slow = await bench.server.rawClient();
      slow.handshake('/');
      await bench.layer.send(await bench.asked(), { accept: true });
      await slow.until('\r\n\r\n');
      let isStopped = false;
      const stopped = bench.interfaceServer.stop().then(() => (isStopped = true));
      await slow.until('server is restarting');
      await bench.layer.closed.next();
      await settled();
      expect({ isStopped, left: bench.interfaceServer.connections }).toEqual({
        isStopped: false,
        left: 1,
      });
      slow.frame(8, Buffer.from([0x03, 0xe9]));
      await stopped;
      await slow.ended;
      expect(bench.interfaceServer.connections).toBe(0);
    });

    it('refuses pending connections with 503 and sends their disconnects', async () => {
      const bench = await Bench.start();
      const pending = await bench.server.rawClient();
      pending.handshake('/path');
      const name = await bench.asked();
      await bench.interfaceServer.stop();
      expect(await pending.response()).toMatch(/^HTTP\/1\.1 503 /);
      expect(await bench.disconnects()).toEqual([
        { reply_channel: name, path: '/path', code: 1006, order: 1 },
      ]);
    });

    it('refuses newcomers with 503, while it stops and afterwards', async () => {
      const bench = await Bench.start();
      const last = await bench.server.rawClient();
      last.handshake('/');
      await bench.layer.send(await bench.asked(), { accept: true });
      await last.until('\r\n\r\n');
      const stopped = bench.interfaceServer.stop();
      const early = await bench.server.rawClient();
      early.handshake('/');
      expect(await early.response()).toMatch(/^HTTP\/1\.1 503 .*\r\nRetry-After: 5\r\n/s);
      last.frame(8, Buffer.from([0x03, 0xe9]));
      await stopped;
      const late = await bench.server.rawClient();
      late.handshake('/');
      expect(await late.response()).toMatch(/^HTTP\/1\.1 503 .*\r\nRetry-After: 5\r\n/s);
      expect(await waitingContents(bench.layer, 'websocket.connect')).toEqual([]);
      await last.ended;
    });

    it('closes many connections one after another, 2 ms each', async () => {
      const bench = await Bench.start();
      const opened = [];
      for (let count = 0; count < 20; count++) opened.push(await bench.open());
      const stopped = bench.interfaceServer.stop();
      await Promise.all(opened.slice(0, 10).map(({ client }) => client.closed));
      await settled();
      expect(bench.interfaceServer.connections).toBe(10);
      const { client, name } = opened[19];
      client.send('still there');
      expect(await nextContent(bench.layer, 'websocket.receive')).toMatchObject({
        reply_channel: name,
      });
      await bench.layer.send(name, { text: 'and answered' });
      expect(await client.next()).toBe('and answered');
      bench.clock.advance(20);
      await stopped;
      expect(await bench.disconnects()).toHaveLength(20);
    });

    it('ends when the disconnects have found room', async () => {
      const bench = await Bench.start();
      const { client } = await bench.open();
      const full = new ChannelFull('websocket.disconnect', 1);
      bench.layer.faults.send = () => Promise.reject(full);
      let isStopped = false;
      const stopped = bench.interfaceServer.stop().then(() => (isStopped = true));
      await client.closed;
      while (bench.interfaceServer.connections > 0) await settled();
      await settled();
      expect(isStopped).toBe(false);
      bench.layer.faults.send = undefined;
      bench.clock.advance(100);
      await stopped;
      expect(await bench.disconnects()).toMatchObject([{ code: 1012 }]);
    });

    it('has stopped for all who asked at the same moment', async () => {
      const bench = await Bench.start();
      const { client } = await bench.open();
      const stops = [bench.interfaceServer.stop(), bench.interfaceServer.stop()];
      await stops[1];
      expect(bench.interfaceServer.connections).toBe(0);
      await Promise.all([...stops, client.closed]);
    });

    it('stays stopped, however often it is asked to stop or start', async () => {
      const bench = await Bench.start();
      await bench.open();
      await Promise.all([bench.interfaceServer.stop(), bench.interfaceServer.stop()]);
      await bench.interfaceServer.stop();
      bench.interfaceServer.start(bench.server.http);
      const client = await bench.server.rawClient();
      client.handshake('/');
      expect(await client.response()).toMatch(/^HTTP\/1\.1 503 /);
      expect(await bench.disconnects()).toHaveLength(1);
    });

    it('has nothing to do before its start, and starts all the same', async () => {
      const bench = new Bench(await UpgradeServer.start());
      await bench.interfaceServer.stop();
      bench.interfaceServer.start(bench.server.http);
      const { client } = await bench.open();
      expect(await client.close()).toMatchObject({ code: 1000 });
    });

    it('ends while the layer fails', async () => {
      const bench = await Bench.start();
      const { client } = await bench.open();
      bench.layer.faults.receive = () => Promise.reject(new LayerUnavailable('no layer'));
      bench.layer.faults.send = () => Promise.reject(new LayerUnavailable('no layer'));
      bench.layer.faults.closeChannel = () => Promise.reject(new LayerUnavailable('no layer'));
      await bench.interfaceServer.stop();
      expect(await client.closed).toMatchObject({ code: 1012 });
      expect(bench.clock.timers).toBe(0);
      expect(bench.logs.messages('warn').toSorted()).toEqual([
        'An ended WebSocket stays in its groups until it is sent something: no layer',
        expect.stringContaining('WebSocket "/" lost its websocket.disconnect message: no layer'),
      ]);
    });
  });
});
