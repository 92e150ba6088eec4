import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Injectable } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { WsAdapter } from '@nestjs/platform-ws';
import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { Consumer, InvalidConfiguration, type Message } from 'nest-channels';
import { io, type Socket } from 'socket.io-client';
import { type AppParts, RunningApp, stopApps } from '../support/running-app.js';

afterEach(stopApps);

@Injectable()
class Echo {
  @Consumer('websocket.receive', { path: '/echo' })
  echo(message: Message<'websocket.receive'>) {
    return `consumer heard ${message.content.text}`;
  }

  @Consumer('websocket.receive', { path: '/gateway/below' })
  below() {
    return 'consumer below';
  }
}

@Controller()
class Pages {
  @Get('page')
  page() {
    return 'a page';
  }
}

@WebSocketGateway({ path: '/gateway' })
class WsEvents {
  @SubscribeMessage('say')
  say(@MessageBody() text: string) {
    return { event: 'said', data: `gateway heard ${text}` };
  }
}

@WebSocketGateway()
class IoEvents {
  @SubscribeMessage('say')
  say(@MessageBody() text: string) {
    return { event: 'said', data: `gateway heard ${text}` };
  }
}

const PLATFORMS: [name: string, adapter: AppParts['adapter']][] = [
  ['Express', undefined],
  ['Fastify', () => new FastifyAdapter()],
];

function startWithWs(adapter?: AppParts['adapter'], gateway: AppParts['providers'] = [WsEvents]) {
  return RunningApp.start({
    adapter,
    providers: [Echo, ...gateway],
    controllers: [Pages],
    prepare: (app) => void app.useWebSocketAdapter(new WsAdapter(app)),
  });
}

function startWithIo(adapter?: AppParts['adapter']) {
  return RunningApp.start({
    adapter,
    providers: [Echo, IoEvents],
    controllers: [Pages],
    prepare: (app) => void app.useWebSocketAdapter(new IoAdapter(app)),
  });
}

function ioClient({ port }: RunningApp): Socket {
  return io(`http://127.0.0.1:${port}`, { transports: ['websocket'], reconnection: false });
}

const next = (client: Socket, event: string): Promise<unknown> =>
  new Promise((resolve) => void client.once(event, resolve));

async function echo(app: RunningApp, path = '/echo') {
  const socket = await app.open(path);
  socket.send('hello');
  return { socket, heard: await socket.next() };
}

const pageOf = async ({ port }: RunningApp): Promise<string> =>
  (await fetch(`http://127.0.0.1:${port}/page`)).text();

describe.each(PLATFORMS)('on %s, beside a gateway of the ws adapter', (_name, adapter) => {
  it('consumers, gateway and controllers answer on one port', async () => {
    const app = await startWithWs(adapter);
    const gateway = await app.open('/gateway');
    gateway.send(JSON.stringify({ event: 'say', data: 'hello' }));
    expect(await gateway.next()).toBe('{"event":"said","data":"gateway heard hello"}');
    const { socket, heard } = await echo(app);
    expect(heard).toBe('consumer heard hello');
    expect(await pageOf(app)).toBe('a page');
    await Promise.all([gateway.close(), socket.close()]);
  });

  it('paths that the gateway does not know are ours', async () => {
    const app = await startWithWs(adapter);
    expect((await app.socket('/nowhere').refused).status).toBe(404);
    const { socket, heard } = await echo(app, '/gateway/below');
    expect(heard).toBe('consumer below');
    await socket.close();
  });

  it('the application closes with sockets of both open', async () => {
    const app = await startWithWs(adapter);
    const gateway = await app.open('/gateway?token=1');
    const { socket } = await echo(app);
    await app.stop();
    expect(await socket.closed).toMatchObject({ code: 1012 });
    expect(await gateway.closed).toMatchObject({ code: 1006 });
  });
});

describe.each(PLATFORMS)('on %s, beside a gateway of the Socket.IO adapter', (_name, adapter) => {
  it('consumers, gateway and controllers answer on one port', async () => {
    const app = await startWithIo(adapter);
    const client = ioClient(app);
    const said = next(client, 'said');
    client.emit('say', 'hello');
    expect(await said).toBe('gateway heard hello');
    const { socket, heard } = await echo(app);
    expect(heard).toBe('consumer heard hello');
    expect(await pageOf(app)).toBe('a page');
    client.disconnect();
    await socket.close();
  });

  it('the application closes with sockets of both open', async () => {
    const app = await startWithIo(adapter);
    const client = ioClient(app);
    await next(client, 'connect');
    const { socket } = await echo(app);
    const disconnected = next(client, 'disconnect');
    await app.stop();
    expect(await socket.closed).toMatchObject({ code: 1012 });
    await disconnected;
  });
});

describe('a gateway', () => {
  it('without a path has "/" with the ws adapter', async () => {
    const app = await startWithWs(undefined, [IoEvents]);
    const gateway = await app.open('/');
    gateway.send(JSON.stringify({ event: 'say', data: 'hello' }));
    expect(await gateway.next()).toContain('gateway heard hello');
    const { socket } = await echo(app);
    await Promise.all([gateway.close(), socket.close()]);
  });

  it('on a port of its own leaves its path on ours to consumers', async () => {
    const port = await freePort();
    @WebSocketGateway(port, { path: '/echo' })
    class Elsewhere {}
    const app = await startWithWs(undefined, [Elsewhere]);
    const { socket, heard } = await echo(app);
    expect(heard).toBe('consumer heard hello');
    await socket.close();
  });

  it('on the path of a consumer stops the boot', async () => {
    @WebSocketGateway({ path: 'echo/' })
    class Rival {}
    const start = startWithWs(undefined, [Rival]);
    await expect(start).rejects.toThrow(InvalidConfiguration);
    await expect(start).rejects.toThrow(
      'Echo.echo (websocket.receive path=/echo): @WebSocketGateway Rival handles this already',
    );
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
