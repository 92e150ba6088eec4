import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { ManualClock } from '@nest-channels/core';
import { Consumer, Message, Msg, QueryParam } from 'nest-channels';
import { Inbox } from '../support/inbox.js';
import { RawClient } from '../support/raw-client.js';
import { RunningApp, stopApps } from '../support/running-app.js';

afterEach(stopApps);

@Injectable()
class Doors {
  @Consumer('websocket.connect', { path: '/open' })
  open(@Msg() message: Message, @QueryParam('protocol') subprotocol?: string) {
    return message.accept({ subprotocol, headers: { 'X-Door': 'open' } });
  }

  @Consumer('websocket.connect', { path: '/denied' })
  deny(@Msg() message: Message) {
    return message.deny({ status: 402, headers: { 'X-Price': '5' }, body: 'pay first' });
  }

  @Consumer('websocket.connect', { path: '/closed' })
  close(@Msg() message: Message) {
    return message.close(4000);
  }

  @Consumer('websocket.connect', { path: '/greeting' })
  greet(@Msg() message: Message) {
    return message.reply('welcome');
  }

  @Consumer('websocket.connect', { path: '/farewell' })
  async greetAndClose(@Msg() message: Message) {
    await message.reply('bye');
    await message.close(4001, 'enough');
  }

  @Consumer('websocket.connect', { path: '/silent' })
  silent() {}

  @Consumer('websocket.receive', { path: '/routed' })
  routed() {
    return 'heard';
  }
}

const start = (clock?: ManualClock): Promise<RunningApp> =>
  RunningApp.start({ providers: [Doors], options: { clock } });

describe('an answer to websocket.connect', () => {
  it('accepts with headers and an offered subprotocol', async () => {
    const app = await start();
    const socket = app.socket('/open?protocol=chat', { protocols: ['json', 'chat'] });
    expect(await socket.opened).toMatchObject({ 'x-door': 'open' });
    expect(socket.webSocket.protocol).toBe('chat');
  });

  it('accepts without a subprotocol the client did not offer, and says so', async () => {
    const app = await start();
    const socket = await app.open('/open?protocol=other');
    expect(socket.webSocket.protocol).toBe('');
    expect(await app.logs.nextProblem()).toContain('"other"');
  });

  it('refuses with status, headers and body', async () => {
    const app = await start();
    const refused = await app.socket('/denied').refused;
    expect(refused).toMatchObject({ status: 402, body: 'pay first', headers: { 'x-price': '5' } });
  });

  it('refuses with 403 when it closes instead', async () => {
    const app = await start();
    expect((await app.socket('/closed').refused).status).toBe(403);
  });

  it('accepts when it is data', async () => {
    const app = await start();
    const socket = app.socket('/greeting');
    expect(await socket.next()).toBe('welcome');
  });

  it('accepts, sends and closes when it is data and a close', async () => {
    const app = await start();
    const socket = app.socket('/farewell');
    expect(await socket.next()).toBe('bye');
    expect(await socket.closed).toEqual({ code: 4001, reason: 'enough' });
  });

  it('becomes 503 when there is none in time, and the log asks why', async () => {
    const clock = new ManualClock();
    const app = await start(clock);
    const socket = app.socket('/silent');
    await firstConnection(app);
    clock.advance(5_000);
    expect(await socket.refused).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
    expect(await app.logs.nextProblem()).toContain('nothing answered within 5000 ms');
  });
});

describe('a path', () => {
  it('without a route is refused with 404', async () => {
    const app = await start();
    expect((await app.socket('/nowhere').refused).status).toBe(404);
    expect(await app.logs.nextProblem()).toContain('websocket.connect "/nowhere"');
  });

  it('with a route for its frames only is accepted', async () => {
    const app = await start();
    const socket = await app.open('/routed');
    socket.send('hello');
    expect(await socket.next()).toBe('heard');
  });

  it('without a route is accepted when the worker is told so', async () => {
    const options = { worker: { unrouted: 'accept' as const } };
    const app = await RunningApp.start({ providers: [Doors], options });
    const socket = await app.open('/nowhere');
    expect(await socket.close()).toMatchObject({ code: 1000 });
  });
});

describe('an origin', () => {
  it('of another site is refused with 403, and the log names it and the option', async () => {
    const app = await start();
    const socket = app.socket('/open', { headers: { origin: 'https://evil.example' } });
    expect((await socket.refused).status).toBe(403);
    const problem = await app.logs.nextProblem();
    expect(problem).toContain('"https://evil.example"');
    expect(problem).toContain('server.allowedOrigins');
  });

  it('is let in when it is the own host, listed, a loopback host, or absent', async () => {
    const options = { server: { allowedOrigins: ['https://app.example'] } };
    const app = await RunningApp.start({ providers: [Doors], options });
    const origins = [`http://127.0.0.1:${app.port}`, 'https://app.example', 'http://localhost:1'];
    const headers: Record<string, string>[] = [{}, ...origins.map((origin) => ({ origin }))];
    const sockets = headers.map((each) => app.socket('/open', { headers: each }));
    expect(await Promise.all(sockets.map((socket) => socket.opened))).toHaveLength(4);
  });

  describe('in production', () => {
    const { NODE_ENV } = process.env;
    beforeEach(() => void (process.env['NODE_ENV'] = 'production'));
    afterEach(() => void (process.env['NODE_ENV'] = NODE_ENV));

    it('of another loopback port is refused', async () => {
      const app = await start();
      const socket = app.socket('/open', { headers: { origin: 'http://localhost:1' } });
      expect((await socket.refused).status).toBe(403);
    });
  });

  it('null is refused', async () => {
    const app = await start();
    const socket = app.socket('/open', { headers: { origin: 'null' } });
    expect((await socket.refused).status).toBe(403);
  });
});

describe('a malformed handshake', () => {
  it.each([
    ['another method', '405', {}, 'POST', '/open'],
    ['no key', '400', { 'Sec-WebSocket-Key': undefined }, 'GET', '/open'],
    ['a short key', '400', { 'Sec-WebSocket-Key': 'abc' }, 'GET', '/open'],
    ['version 8', '426', { 'Sec-WebSocket-Version': '8' }, 'GET', '/open'],
    ['h2c', '400', { Upgrade: 'h2c' }, 'GET', '/open'],
    ['bad percent-encoding', '400', {}, 'GET', '/%zz'],
    ['an absolute target', '400', {}, 'GET', 'http://localhost/open'],
    ['a bad subprotocol', '400', { 'Sec-WebSocket-Protocol': 'a b' }, 'GET', '/open'],
    ['a repeated subprotocol', '400', { 'Sec-WebSocket-Protocol': 'a, a' }, 'GET', '/open'],
  ])('with %s is refused with %s', async (_what, status, headers, method, path) => {
    const app = await start();
    const client = await RawClient.connect(app.port);
    client.handshake(path, headers, method);
    expect(await client.response()).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(await app.logs.nextProblem()).toContain(`Refused a handshake with ${status}`);
  });
});

describe('a client that is early or leaves', () => {
  it('has its early frames handled after the accept', async () => {
    const app = await start();
    const client = await RawClient.connect(app.port);
    client.handshake('/routed');
    client.frame(1, Buffer.from('early'));
    await client.until('heard');
    client.reset();
  });

  it('is refused with 413 when it sends too much before the accept', async () => {
    const app = await start(new ManualClock());
    const client = await RawClient.connect(app.port);
    client.handshake('/silent');
    client.socket.write(Buffer.alloc(70_000));
    expect(await client.response()).toContain('HTTP/1.1 413');
  });

  it.each(['reset', 'end'] as const)(
    'during the handshake by %s ends with a disconnect 1006 and disturbs nobody',
    async (how) => {
      const seen = new Inbox<Message>();
      @Injectable()
      class Slow {
        @Consumer(['websocket.connect', 'websocket.disconnect'], { path: '/slow' })
        slow(@Msg() message: Message) {
          seen.push(message);
        }
      }
      const app = await RunningApp.start({ providers: [Doors, Slow] });
      const client = await RawClient.connect(app.port);
      client.handshake('/slow');
      await seen.next();
      if (how === 'reset') client.reset();
      else client.socket.end();
      const { channel, content } = await seen.next();
      expect({ channel, code: content['code'] }).toEqual({
        channel: 'websocket.disconnect',
        code: 1006,
      });
      expect(app.logs.messages('debug', 'InterfaceServer')).toEqual([
        'WebSocket "/slow" left before it was answered',
      ]);
      await app.open('/open');
    },
  );

  it('does not end the process when 200 of them reset during the handshake', async () => {
    const app = await start();
    const clients = await Promise.all(
      Array.from({ length: 200 }, () => RawClient.connect(app.port)),
    );
    for (const client of clients) client.handshake('/silent');
    for (const client of clients) client.reset();
    await Promise.all(clients.map((client) => client.ended));
    await app.open('/open');
  });
});

/** Resolves when the worker has seen a connection, so that its timer is set. */
async function firstConnection(app: RunningApp): Promise<void> {
  const { InterfaceServer } = await import('../../src/server/interface-server.js');
  const server = app.app.get(InterfaceServer, { strict: false });
  while (server.connections === 0) await new Promise((resolve) => setImmediate(resolve));
}
