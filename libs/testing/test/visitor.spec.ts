import { afterEach, describe, expect, it } from '@jest/globals';
import { Body, Controller, Delete, Get, Headers, Injectable, Post, Res } from '@nestjs/common';
import { Consumer, Consumers, Message, Msg } from 'nest-channels';
import { LoginUnknown } from '../src/index.js';
import { Tests } from './support/tests.js';

const tests = new Tests();
afterEach(tests.close);

interface Answer {
  status(status: number): Answer;
  cookie(name: string, value: string): Answer;
  clearCookie(name: string): Answer;
  end(): void;
}

@Controller('login')
class Login {
  @Post()
  login(@Body('name') name: string, @Res() answer: Answer) {
    if (name === 'eve') answer.status(401).end();
    else answer.status(204).cookie('name', name).end();
  }

  @Delete()
  logout(@Res() answer: Answer) {
    answer.status(204).clearCookie('name').end();
  }

  @Get()
  me(@Headers('cookie') cookie = 'nobody') {
    return cookie;
  }
}

@Injectable()
@Consumers({ path: '/me' })
class Me {
  @Consumer('websocket.connect')
  async connect(@Msg() { content, replyChannel }: Message<'websocket.connect'>) {
    const told = content.headers.filter(([name]) =>
      /cookie|origin/.test(Buffer.from(name).toString()),
    );
    const text = told
      .map(([, value]) => Buffer.from(value).toString())
      .toSorted()
      .join(' ');
    await replyChannel.send({ accept: true, text: JSON.stringify(text) });
  }
}

const start = () => tests.start({ controllers: [Login], providers: [Me] });

describe('a visitor', () => {
  it('logs in and takes the cookie along, to controllers and sockets', async () => {
    const test = await start();
    const visitor = test.visitor();
    expect(await visitor.login('/login', { name: 'ada' })).toBe(true);
    expect(visitor.cookies).toEqual({ name: 'ada' });
    expect(await (await visitor.fetch('/login')).text()).toBe('name=ada');
    const socket = visitor.webSocket('/me');
    await socket.connect();
    expect(await socket.receiveJson()).toBe('http://localhost name=ada');
  });

  it('keeps no cookie that is taken back, and shares none', async () => {
    const test = await start();
    const [ada, bob] = [test.visitor(), test.visitor()];
    await ada.login('/login', { name: 'ada' });
    expect(bob.cookies).toEqual({});
    await ada.fetch('/login', { method: 'DELETE' });
    expect(ada.cookies).toEqual({});
  });

  it('is told when it is not let in', async () => {
    const visitor = (await start()).visitor();
    expect(await visitor.login('/login', { name: 'eve' })).toBe(false);
    await expect(visitor.forceLogin({})).rejects.toThrow(LoginUnknown);
  });

  it('is logged in without a password where the test knows the sessions', async () => {
    const stored: unknown[] = [];
    const test = await tests.start({
      sessions: {
        store: { set: (_id, session, done) => done(void stored.push(session)) },
        secret: 'keyboard cat',
        cookieName: 'sid',
        passport: { serializeUser: ({ id }: { id: number }, done) => done(null, id) },
      },
    });
    const visitor = test.visitor();
    await visitor.forceLogin({ id: 7 });
    expect(stored).toMatchObject([{ passport: { user: 7 } }]);
    expect(visitor.cookies['sid']).toMatch(/^s:/);
  });
});

describe('a client of WebSocket messages', () => {
  it('logs in as a page does', async () => {
    const test = await tests.start({ controllers: [Login], providers: [Me], worker: 'by hand' });
    const client = test.wsClient({ path: '/me' });
    expect(await client.login('/login', { name: 'ada' })).toBe(true);
    await client.sendAndConsume('websocket.connect');
    expect(await client.receive()).toBeUndefined();
    await expect(client.forceLogin({})).rejects.toThrow(LoginUnknown);
  });
});
