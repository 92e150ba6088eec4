import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  type ArgumentsHost,
  Catch,
  type ExceptionFilter,
  type INestApplicationContext,
  Injectable,
  Module,
  type PipeTransform,
  UseFilters,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ManualClock, memoryLayer } from '@nest-channels/core';
import {
  type ChannelLayer,
  Channels,
  ChannelsModule,
  CloseConnection,
  ConsumeLater,
  Consumer,
  Content,
  DenyConnection,
  type Message,
  Msg,
  WorkerEvents,
} from 'nest-channels';
import { Worker } from '../../src/worker/worker.js';
import { Inbox } from '../support/inbox.js';
import { LogRecorder } from '../support/log-recorder.js';
import { waitingContents } from '../support/reading.js';
import { settled } from '../support/settled.js';

type Deed = (message: Message, channels: Channels) => unknown;

@Catch()
class BrokenFilter implements ExceptionFilter {
  catch(_error: unknown, _host: ArgumentsHost): never {
    throw new Error('the filter broke');
  }
}

@Injectable()
class BrokenPipe implements PipeTransform {
  transform(): never {
    throw revoked();
  }
}

/** Is what nothing can be done with: even asking what it is throws. */
function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

const circular: { self?: unknown } = {};
circular.self = circular;

let clock: ManualClock;
let layer: ChannelLayer;
let logs: LogRecorder;
let alive: Inbox<unknown>;
let deed: Deed;
let app: INestApplicationContext;
let unhandled: unknown[];

const onUnhandled = (reason: unknown): void => void unhandled.push(reason);

beforeEach(async () => {
  clock = new ManualClock();
  layer = memoryLayer({
    clock,
    channelCapacity: [
      ['full', 1],
      ['tight.!', 1],
    ],
  });
  logs = new LogRecorder();
  alive = new Inbox();
  unhandled = [];
  process.on('unhandledRejection', onUnhandled);
  jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  app = await start();
});
afterEach(async () => {
  const stopped = app.get(Worker, { strict: false }).stop();
  clock.advance(1_000_000);
  await stopped;
  await app.close();
  process.off('unhandledRejection', onUnhandled);
  expect(unhandled).toEqual([]);
  jest.restoreAllMocks();
});

async function start(): Promise<INestApplicationContext> {
  @Injectable()
  class Consumers {
    constructor(private readonly channels: Channels) {}

    @Consumer(['websocket.connect', 'websocket.receive', 'websocket.disconnect', 'jobs'])
    run(@Msg() message: Message) {
      return deed(message, this.channels);
    }

    @Consumer('filtered')
    @UseFilters(BrokenFilter)
    filtered() {
      throw new Error('the handler broke');
    }

    @Consumer('piped')
    piped(@Content('text', BrokenPipe) _text: string) {}

    @Consumer('routed', { path: '/known' })
    routed() {}

    @Consumer('alive')
    alive(@Content('n') n: number) {
      alive.push(n);
    }
  }
  const options = { layers: { default: layer }, worker: { concurrency: 2 }, clock };
  @Module({ imports: [ChannelsModule.forRoot(options)], providers: [Consumers] })
  class AppModule {}
  const context = await NestFactory.createApplicationContext(AppModule, { logger: logs });
  context.get(Worker, { strict: false }).start();
  return context;
}

async function expectAlive(): Promise<void> {
  for (let n = 0; n < 3; n++) {
    await layer.send('alive', { n });
    expect(await alive.next()).toBe(n);
  }
}

const statistics = () => app.get(Worker, { strict: false }).statistics();

const fail = (error: unknown) => (): never => {
  throw error;
};

const SOCKET = { reply_channel: 'server.test!1', path: '/' };

describe('a worker', () => {
  it.each<[string, string, Deed]>([
    ['throws an error', 'jobs', fail(new Error('boom'))],
    ['throws nothing at all', 'jobs', fail(undefined)],
    ['throws what nothing can be done with', 'jobs', fail(revoked())],
    ['rejects with a symbol', 'jobs', () => Promise.reject(Symbol('odd'))],
    ['denies where nothing is pending', 'websocket.receive', fail(new DenyConnection())],
    ['denies without anybody to deny', 'jobs', fail(new DenyConnection())],
    ['closes what is closed', 'websocket.disconnect', fail(new CloseConnection())],
    ['closes with a code that does not exist', 'jobs', () => fail(new CloseConnection(999))()],
    ['sends to what is no channel', 'jobs', (_, all) => all.channel('not a name').send({})],
    ['sends what cannot travel', 'jobs', (_, all) => all.channel('mail').send({ at: new Date() })],
    ['returns what JSON cannot express', 'websocket.receive', () => circular],
    ['returns what nothing can be done with', 'websocket.receive', () => revoked()],
    [
      'does not await a send that fails',
      'jobs',
      (_, all) => {
        for (let n = 0; n < 3; n++) void all.channel('full').send({}, { immediately: true });
      },
    ],
    [
      'overflows the stack',
      'jobs',
      function overflow(...all): unknown {
        return [overflow(...all)];
      },
    ],
  ])('goes on when a handler %s', async (_what, channel, harm) => {
    deed = harm;
    for (let n = 0; n < 3; n++) await layer.send(channel, { ...SOCKET });
    await expectAlive();
    await settled();
    expect(statistics()).toMatchObject({ running: 0, waiting: 0 });
  });

  it.each([
    ['a filter that throws', 'filtered', {}],
    ['a pipe that throws what nothing can be done with', 'piped', { text: 'hi' }],
    ['a path that is no text', 'routed', { path: 7 }],
    ['a path that is a list', 'routed', { path: ['/known'] }],
    ['a reply channel that is a number', 'jobs', { reply_channel: 7 }],
    ['a reply channel that is an object', 'jobs', { reply_channel: { a: 1 } }],
    ['a reply channel that is no name', 'jobs', { reply_channel: 'not a name' }],
    ['a connect without a reply channel', 'websocket.connect', {}],
    ['a frame that asks to be settled and tells no order', 'websocket.receive', { settle: true }],
  ])('goes on after %s, with one line for each message', async (_what, channel, content) => {
    deed = fail(new Error('boom'));
    await layer.send(channel, content);
    await expectAlive();
    await settled();
    const { failed, poisoned, unrouted } = statistics();
    expect(failed + poisoned + unrouted).toBe(1);
    const own = [...logs.messages('error', 'Worker'), ...logs.messages('warn', 'Worker')];
    expect(own).toHaveLength(1);
  });

  it('goes on while a flush waits for a channel that is full, and after it gave up', async () => {
    deed = (_, all) => {
      for (let n = 0; n < 3; n++) void all.channel('full').send({ n });
      void all.channel('mail').send({ n: 3 });
    };
    await layer.send('jobs', {});
    await expectAlive();
    for (let passed = 0; passed < 5_000; passed += 200) {
      clock.advance(200);
      await settled();
    }
    expect(await waitingContents(layer, 'full')).toEqual([{ n: 0 }]);
    expect(await waitingContents(layer, 'mail')).toEqual([{ n: 3 }]);
    expect(logs.messages('error')).toHaveLength(2);
    expect(statistics()).toMatchObject({ running: 0, handled: 4 });
  });

  it('goes on when an answer cannot be sent', async () => {
    deed = fail(new Error('boom'));
    await layer.send('tight.!1', {});
    await layer.send('websocket.connect', { ...SOCKET, reply_channel: 'tight.!1' });
    await expectAlive();
  });

  it.each<[string, () => unknown]>([
    ['throws', fail(new Error('listener'))],
    ['rejects', () => Promise.reject(new Error('listener'))],
  ])('goes on when a listener of its events %s', async (_what, listener) => {
    app.get(WorkerEvents, { strict: false }).listen(listener);
    deed = fail(new Error('boom'));
    await layer.send('jobs', {});
    await expectAlive();
  });

  it('goes on when a message is postponed for ever', async () => {
    deed = fail(new ConsumeLater({ delayMs: 1 }));
    await layer.send('jobs', SOCKET);
    for (let runs = 0; runs <= 11; runs++) {
      await settled();
      clock.advance(1);
    }
    await expectAlive();
    expect(statistics()).toMatchObject({ postponed: 10, dropped: 1, waiting: 0 });
  });

  it('goes on when handlers hang, as soon as they have timed out', async () => {
    deed = () => new Promise(() => undefined);
    for (let n = 0; n < 2; n++) {
      await layer.send('websocket.receive', { ...SOCKET, reply_channel: `server.test!${n}` });
    }
    await settled();
    clock.advance(60_000);
    await expectAlive();
    await settled();
    expect(statistics()).toMatchObject({ timedOut: 2, running: 0 });
  });
});
