import { afterEach, describe, expect, it } from '@jest/globals';
import { Module } from '@nestjs/common';
import { type ChannelLayer, ChannelsModule, InvalidConfiguration, Consumer } from 'nest-channels';
import { WorkerRunning } from '../src/index.js';
import { Echo, Jobs, Pages, Rooms } from './support/consumers.js';
import { Tests } from './support/tests.js';

const tests = new Tests();
afterEach(tests.close);

describe('a test of providers', () => {
  it('carries frames through server, layer and worker and back, without a port', async () => {
    const test = await tests.start({ providers: [Echo] });
    const socket = test.webSocket('/echo');
    expect(await socket.connect()).toEqual({ accepted: true });
    for (const frame of ['hello', '', new Uint8Array([0, 255])]) {
      await socket.send(frame);
      expect(await socket.receive()).toEqual(frame);
    }
    expect(test.app.getHttpServer().listening).toBe(false);
  });

  it('moves the time of the application: a connection that gets old is closed', async () => {
    const options = { server: { maxAgeMs: 60_000 } };
    const test = await tests.start({ providers: [Echo], options });
    const socket = test.webSocket('/echo');
    await socket.connect();
    await test.advance(59_000);
    await socket.receiveNothing();
    await test.advance(2_000);
    expect(await socket.closed()).toMatchObject({ code: 1012 });
  });

  it('refuses who is not answered, when the time for it has passed', async () => {
    class Silent {
      @Consumer('websocket.connect')
      connect() {}
    }
    const test = await tests.start({ providers: [Silent] });
    const connecting = test.webSocket('/').connect();
    await test.advance(5_000);
    expect(await connecting).toMatchObject({ accepted: false, status: 503 });
  });

  it('takes a postponed message up again when its time has come', async () => {
    const test = await tests.start({ providers: [Jobs] });
    const { done } = test.get(Jobs);
    await test.channels.channel('jobs').send({ id: 1, later: true });
    await test.channels.channel('jobs').send({ id: 2 });
    await test.drain();
    expect(done).toEqual([2, 'reported 2']);
    await test.advance(60_000);
    expect(done).toEqual([2, 'reported 2', 1, 'reported 1']);
  });

  it('reports an impossible configuration', async () => {
    class Wrong {
      @Consumer('with space')
      handle() {}
    }
    await expect(tests.start({ providers: [Wrong] })).rejects.toThrow(InvalidConfiguration);
  });
});

describe('a test of a root module', () => {
  it('replaces its layers and its clock, and keeps its other options', async () => {
    const made: string[] = [];
    const forbidden = (): ChannelLayer => {
      made.push('a layer');
      throw new Error('a test has layers of its own');
    };
    @Module({
      imports: [ChannelsModule.forRoot({ layers: { default: forbidden, bulk: forbidden } })],
      providers: [Echo],
    })
    class AppModule {}
    const test = await tests.start({ imports: [AppModule] });
    expect(made).toEqual([]);
    expect(test.layer('bulk').name).toBe('memory');
    expect(test.layer('bulk')).not.toBe(test.layer());
    expect(await test.webSocket('/echo').connect()).toEqual({ accepted: true });
  });

  it('replaces providers as a testing module of Nest does', async () => {
    class Greeting {
      text = 'hello';
    }
    class Greeter {
      constructor(readonly greeting: Greeting) {}
      @Consumer('websocket.receive', { path: '/greet' })
      greet() {
        return this.greeting.text;
      }
    }
    Reflect.defineMetadata('design:paramtypes', [Greeting], Greeter);
    @Module({ imports: [ChannelsModule.forRoot()], providers: [Greeting, Greeter] })
    class AppModule {}
    const test = await tests.start({
      imports: [AppModule],
      configure: (builder) => builder.overrideProvider(Greeting).useValue({ text: 'hi' }),
    });
    const socket = test.webSocket('/greet');
    await socket.connect();
    await socket.send('');
    expect(await socket.receive()).toBe('hi');
  });
});

describe('a test by hand', () => {
  it('handles nothing until it is told to, then all that comes of it too', async () => {
    const test = await tests.start({ providers: [Jobs], worker: 'by hand' });
    const { done } = test.get(Jobs);
    await test.channels.channel('jobs').send({ id: 1 });
    await test.idle();
    expect(done).toEqual([]);
    await test.drain();
    expect(done).toEqual([1, 'reported 1']);
  });

  it('answers sockets when it is told to', async () => {
    const test = await tests.start({ providers: [Rooms], worker: 'by hand' });
    const [socket, stranger] = [test.webSocket('/rooms/blue'), test.webSocket('/other')];
    const connecting = [socket.connect(), stranger.connect()];
    await test.drain();
    expect(await Promise.all(connecting)).toMatchObject([{ accepted: true }, { status: 404 }]);
  });

  it('is not what a test with a worker is for', async () => {
    const test = await tests.start({ providers: [Jobs] });
    await expect(test.client().sendAndConsume('jobs', { id: 1 })).rejects.toThrow(WorkerRunning);
  });
});

describe('the controllers of a test', () => {
  it('are asked in memory', async () => {
    const test = await tests.start({ controllers: [Pages] });
    const answer = await test.fetch('/cookie', { headers: { cookie: 'a=1' } });
    expect(await answer.json()).toEqual({ cookie: 'a=1' });
  });
});

describe('the end of a test', () => {
  it('closes its connections and lets their disconnect handlers run', async () => {
    const left: string[] = [];
    class Leaving {
      @Consumer('websocket.disconnect', { path: '/' })
      left() {
        left.push('left');
      }
    }
    const test = await tests.start({ providers: [Leaving] });
    const socket = test.webSocket('/');
    await socket.connect();
    await test.close();
    expect(await socket.closed()).toMatchObject({ code: 1012 });
    expect(left).toEqual(['left']);
  });

  it.each([
    ['a message was postponed', { id: 1, later: true }],
    ['a handler hangs', { id: 1, hang: true }],
  ])('comes although %s, for which no time has passed', async (_what, job) => {
    const test = await tests.start({ providers: [Jobs], patienceMs: 20 });
    await test.channels.channel('jobs').send(job);
    await test.idle().catch(() => undefined);
    await test.close();
    expect(test.get(Jobs).done).toEqual([]);
  });

  it('comes for a thousand connections at once too', async () => {
    const test = await tests.start({ providers: [Echo] });
    const sockets = Array.from({ length: 1_000 }, () => test.webSocket('/echo'));
    const connected = await Promise.all(sockets.map((socket) => socket.connect()));
    expect(connected.every(({ accepted }) => accepted)).toBe(true);
    await test.close();
    const closings = await Promise.all(sockets.map((socket) => socket.closed()));
    expect(new Set(closings.map(({ code }) => code))).toEqual(new Set([1012]));
  });
});
