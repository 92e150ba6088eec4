import { afterEach, describe, expect, it } from '@jest/globals';
import {
  Body,
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Injectable,
  Post,
  UseGuards,
} from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import {
  Channels,
  ChannelsExecutionContext,
  Consumer,
  Consumers,
  Message,
  Msg,
} from 'nest-channels';
import { RawClient } from '../support/raw-client.js';
import { RunningApp, stopApps } from '../support/running-app.js';

afterEach(stopApps);

@Injectable()
class Ticket implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { content } = ChannelsExecutionContext.create(context).getMessage<'websocket.connect'>();
    return Buffer.from(content.query_string).toString() === 'ticket=good';
  }
}

@Consumers({ path: '/guarded' })
class Guarded {
  ran = 0;

  @UseGuards(Ticket)
  @Consumer('websocket.connect')
  async join(@Msg() message: Message) {
    this.ran++;
    await message.accept({ headers: { 'x-runs': String(this.ran) } });
  }
}

@Consumers({ path: '/echo' })
class Echo {
  constructor(private readonly channels: Channels) {}

  @Consumer('websocket.connect')
  async join(@Msg() message: Message) {
    await this.channels.group('echo').add(message.replyChannel);
    await message.accept();
  }

  @Consumer('websocket.receive')
  echo(@Msg() { content }: Message<'websocket.receive'>) {
    return content.text ?? content.bytes;
  }
}

@Controller()
class Page {
  constructor(private readonly channels: Channels) {}

  @Get('page')
  page() {
    return { page: true };
  }

  @Post('say')
  async say(@Body() body: { text: string }) {
    await this.channels.group('echo').send({ text: body.text });
    return { said: body.text };
  }
}

describe.each([
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
])('an application on %s', (_name, adapter) => {
  const start = (): Promise<RunningApp> =>
    RunningApp.start({ providers: [Echo, Guarded, Ticket], controllers: [Page], adapter });

  const request = (app: RunningApp, path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`http://127.0.0.1:${app.port}${path}`, {
      ...init,
      headers: { connection: 'close', 'content-type': 'application/json' },
    });

  it('echoes frames of a client that speaks bare bytes', async () => {
    const app = await start();
    const client = await RawClient.connect(app.port);
    client.handshake('/echo');
    await client.until('101 Switching Protocols');
    await client.until('Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
    client.frame(1, Buffer.from('hi'));
    await client.until('\x81\x02hi');
    client.frame(2, Buffer.from([1, 2]));
    await client.until('\x82\x02\x01\x02');
    client.frame(8, Buffer.from([0x03, 0xe8]));
    expect(await client.response()).toContain('\x88\x02\x03\xe8');
  });

  it('keeps its controllers, which reach the sockets', async () => {
    const app = await start();
    const socket = await app.open('/echo');
    expect(await (await request(app, '/page')).json()).toEqual({ page: true });
    expect((await request(app, '/nowhere')).status).toBe(404);
    const said = await request(app, '/say', { method: 'POST', body: '{"text":"from a post"}' });
    expect(await said.json()).toEqual({ said: 'from a post' });
    expect(await socket.next()).toBe('from a post');
  });

  it('refuses before the handshake whom a guard refuses, and runs no handler', async () => {
    const app = await start();
    const refused = app.socket('/guarded?ticket=forged');
    expect((await refused.refused).status).toBe(403);
    const accepted = app.socket('/guarded?ticket=good');
    expect((await accepted.opened)['x-runs']).toBe('1');
  });

  it('refuses a path that nobody handles with 404', async () => {
    const app = await start();
    expect((await app.socket('/elsewhere').refused).status).toBe(404);
  });

  it('stops while sockets are open', async () => {
    const app = await start();
    const socket = await app.open('/echo');
    await app.stop();
    expect((await socket.closed).code).toBe(1012);
  });
});
