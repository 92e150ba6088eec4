import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Injectable, ServiceUnavailableException } from '@nestjs/common';
import { ManualClock } from '@nest-channels/core';
import { ChannelsRuntime, Consumer, type Message, Msg, type ServerOptions } from 'nest-channels';
import { RawClient } from '../support/raw-client.js';
import { RunningApp, stopApps } from '../support/running-app.js';

afterEach(stopApps);

@Injectable()
class Echo {
  @Consumer('websocket.receive', { path: '/echo' })
  echo(message: Message<'websocket.receive'>) {
    return message.content.text;
  }

  @Consumer('websocket.connect', { path: '/who' })
  async who(@Msg() message: Message<'websocket.connect'>) {
    const { client, scheme, root_path: root } = message.content;
    await message.reply({ client, scheme, root });
  }

  @Consumer('websocket.connect', { path: '/silent' })
  silent() {}
}

@Controller()
class Health {
  constructor(private readonly runtime: ChannelsRuntime) {}

  @Get('ready')
  ready() {
    if (!this.runtime.isReady) throw new ServiceUnavailableException();
    return 'ready';
  }
}

function start(server: ServerOptions, clock?: ManualClock): Promise<RunningApp> {
  const options = { server, clock };
  return RunningApp.start({ providers: [Echo], controllers: [Health], options });
}

const from = (address: string): { headers: Record<string, string> } => ({
  headers: { 'X-Forwarded-For': `198.51.100.99, ${address}`, 'X-Forwarded-Proto': 'https' },
});

const TRUSTING = { trustedProxies: ['127.0.0.1'] };

describe('behind a trusted proxy', () => {
  it('the application learns the client and the scheme of its page', async () => {
    const app = await start({ ...TRUSTING, rootPath: '/live' });
    const socket = app.socket('/who', from('203.0.113.7'));
    expect(JSON.parse((await socket.next()) as string)).toEqual({
      client: ['203.0.113.7', 0],
      scheme: 'wss',
      root: '/live',
    });
    await socket.close();
  });

  it('a client with too many connections is refused with 429, and others are not', async () => {
    const app = await start({ ...TRUSTING, maxConnectionsPerAddress: 2 });
    const open = [await app.open('/echo', from('203.0.113.7'))];
    open.push(await app.open('/echo', from('203.0.113.7')));
    const refused = await app.socket('/echo', from('203.0.113.7')).refused;
    expect(refused).toMatchObject({
      status: 429,
      headers: { connection: 'close', 'retry-after': expect.stringMatching(/^[1-5]$/) },
    });
    open.push(await app.open('/echo', from('203.0.113.8')));
    expect(await app.logs.nextProblem()).toContain('203.0.113.7');
    await Promise.all(open.map((socket) => socket.close()));
  });

  it('a client that connects again and again is refused with 429 until the second is over', async () => {
    const clock = new ManualClock();
    const app = await start({ ...TRUSTING, maxHandshakesPerSecondPerAddress: 3 }, clock);
    for (let time = 0; time < 3; time++) {
      await (await app.open('/echo', from('203.0.113.7'))).close();
    }
    expect((await app.socket('/echo', from('203.0.113.7')).refused).status).toBe(429);
    clock.advance(1_000);
    await (await app.open('/echo', from('203.0.113.7'))).close();
  });
});

describe('without a trusted proxy', () => {
  it('headers about the client are data that nobody believes', async () => {
    const app = await start({});
    const socket = app.socket('/who', from('203.0.113.7'));
    const { client, scheme } = JSON.parse((await socket.next()) as string) as {
      client: [string, number];
      scheme: string;
    };
    expect([client[0], scheme]).toEqual(['127.0.0.1', 'ws']);
    await socket.close();
  });
});

describe('a handshake with 2,500 headers', () => {
  // Node 20 would hand it over without those that make it a handshake.
  it.each([100, 10_000])('is refused with 431, even if %d may be sent', async (maxHeaders) => {
    const app = await start({ maxHeaders });
    const client = await RawClient.connect(app.port);
    client.socket.write(
      `GET /echo HTTP/1.1\r\n${'a:\r\n'.repeat(2_500)}Host: localhost\r\nConnection: Upgrade\r\n` +
        'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    expect(await client.response()).toMatch(/^HTTP\/1\.1 431 /);
  });
});

describe('a full server', () => {
  it('refuses with 503 and takes the next when a connection has ended', async () => {
    const app = await start({ maxConnections: 1 });
    const first = await app.open('/echo');
    const refused = await app.socket('/echo').refused;
    expect(refused.status).toBe(503);
    expect(refused.headers['retry-after']).toMatch(/^[1-5]$/);
    await first.close();
    while ((await connectionsOf(app)) > 0) await nextTurn();
    await (await app.open('/echo')).close();
  });
});

describe('the access log', () => {
  it('has a line for each handshake and for each end', async () => {
    const app = await start({ accessLog: 'text' });
    const socket = await app.open('/echo?token=secret');
    socket.send('hello');
    await socket.next();
    await socket.close(4_001);
    expect((await app.socket('/nowhere').refused).status).toBe(404);
    await app.stop();
    const lines = app.logs.messages('log', 'Access');
    expect(lines).toEqual([
      expect.stringMatching(/^127\.0\.0\.1 GET "\/echo" 101 after \d+ ms$/),
      expect.stringMatching(
        /^127\.0\.0\.1 GET "\/echo" closed 4001, in 1 frames of \d+ bytes, out 1 frames of \d+ bytes after \d+ ms$/,
      ),
      expect.stringMatching(/^127\.0\.0\.1 GET "\/nowhere" 404 after \d+ ms$/),
    ]);
  });

  it('has objects when it is told to, which nobody can forge', async () => {
    const app = await start({ accessLog: 'json' });
    const client = await RawClient.connect(app.port);
    client.handshake('/echo%0D%0A%1b[2J"', { Origin: 'https://evil.example' });
    expect(await client.response()).toMatch(/^HTTP\/1\.1 403 /);
    const lines = app.logs.messages('log', 'Access');
    expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
      expect.objectContaining({
        event: 'handshake',
        path: '/echo%0D%0A%1b[2J"',
        status: 403,
        reason: 'origin "https://evil.example"',
      }),
    ]);
  });

  it('tells why the server refused what the application did not answer', async () => {
    const clock = new ManualClock();
    const app = await start({ accessLog: 'text' }, clock);
    const socket = app.socket('/silent');
    while ((await pending(app)) === 0) await nextTurn();
    clock.advance(5_000);
    expect((await socket.refused).status).toBe(503);
    expect(app.logs.messages('log', 'Access')).toEqual([
      '127.0.0.1 GET "/silent" 503 after 5000 ms: "nothing answered in time"',
    ]);
  });

  it('tells that a client left before it was answered', async () => {
    const app = await start({ accessLog: 'text' }, new ManualClock());
    const client = await RawClient.connect(app.port);
    client.handshake('/silent');
    while ((await pending(app)) === 0) await nextTurn();
    client.reset();
    const lines = (): string[] => app.logs.messages('log', 'Access');
    while (lines().length === 0) await nextTurn();
    expect(lines()).toEqual(['127.0.0.1 GET "/silent" left after 0 ms']);
  });
});

describe('a log line about a client', () => {
  it('is one line without control characters, whatever its path is', async () => {
    const app = await start({});
    const client = await RawClient.connect(app.port);
    client.handshake('/%0d%0aforged%1b[2J%c2%9b%e2%80%a8%e2%80%ae');
    expect(await client.response()).toMatch(/^HTTP\/1\.1 404 /);
    const problem = await app.logs.nextProblem();
    expect(problem).toContain('"/\\r\\nforged\\u001b[2J\\u009b\\u2028\\u202e"');
    expect(problem).not.toMatch(/[\p{C}\p{Zl}]/u);
  });
});

describe('a server that stops', () => {
  it('refuses newcomers with 503 while HTTP still says that it is not ready', async () => {
    const clock = new ManualClock();
    const app = await start({}, clock);
    const client = await RawClient.connect(app.port);
    client.handshake('/echo');
    await client.until('\r\n\r\n');
    const ready = (): Promise<Response> => fetch(`http://127.0.0.1:${app.port}/ready`);
    expect((await ready()).status).toBe(200);
    const stopped = app.stop();
    await client.until('\x03\xf4');
    expect((await ready()).status).toBe(503);
    const refused = await app.socket('/echo').refused;
    expect(refused).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
    client.reset();
    await stopped;
  });
});

function connectionsOf({ app }: RunningApp): Promise<number> {
  return new Promise((resolve) =>
    app.getHttpServer().getConnections((_error: unknown, count: number) => resolve(count)),
  );
}

async function pending({ app }: RunningApp): Promise<number> {
  const { InterfaceServer } = await import('../../src/server/interface-server.js');
  return app.get(InterfaceServer, { strict: false }).connections;
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
