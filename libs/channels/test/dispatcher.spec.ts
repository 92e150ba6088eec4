import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  jest,
} from '@jest/globals';
import { ConflictException, Logger } from '@nestjs/common';
import {
  type ChannelLayer,
  type Clock,
  type Content,
  MalformedJson,
  ManualClock,
  memoryLayer,
  Message,
  route,
  Router,
  SendScopes,
} from '@nest-channels/core';
import { Answers } from '../src/answers.js';
import { CloseConnection, ConsumeLater, DenyConnection } from '../src/control-flow.js';
import { Dispatcher } from '../src/dispatcher.js';
import { TaskTimeoutExceeded } from '../src/errors.js';
import type { Handler } from '../src/handler.js';
import { Journal } from '../src/worker/journal.js';
import { Runs } from '../src/worker/runs.js';
import { type WorkerEvent, WorkerEvents } from '../src/worker/worker-events.js';
import { deferred } from './support/deferred.js';
import { LogRecorder } from './support/log-recorder.js';
import { settled } from './support/settled.js';

const REPLY = 'server.test!1';
const { signal } = new AbortController();

let logs: LogRecorder;
let layer: ChannelLayer;
let clock: ManualClock;
let journal: Journal;
let runs: Runs;
let events: WorkerEvent[];

beforeEach(() => {
  logs = new LogRecorder();
  Logger.overrideLogger(logs);
  layer = memoryLayer();
  clock = new ManualClock();
  const told = new WorkerEvents();
  events = [];
  told.listen((event) => events.push(event));
  journal = new Journal(told);
  runs = new Runs(clock, 60_000);
});
afterEach(() => {
  jest.restoreAllMocks();
  runs.close();
  expect(clock.timers).toBe(0);
});
beforeAll(() => Logger.overrideLogger(false));
afterAll(() => Logger.overrideLogger(['error']));

const handler = (run: (message: Message) => unknown): Handler => ({
  label: 'Test.run',
  run: async (message) => run(message),
});

function dispatcherOf(
  channel: string,
  run: (message: Message) => unknown,
  policy: Partial<Policy> = {},
): Dispatcher {
  const router = new Router([route(channel, handler(run), { path: '/known' })]);
  return dispatcher(router, { policy });
}

type Policy = ConstructorParameters<typeof Answers>[1];

interface Parts {
  readonly scopes?: SendScopes;
  readonly policy?: Partial<Policy>;
}

function dispatcher(router: Router<Handler>, parts: Parts = {}): Dispatcher {
  const policy = { unrouted: 'deny', onError: 'keep', ...parts.policy } as const;
  const scopes = parts.scopes ?? new SendScopes(clock);
  const answers = new Answers(router, policy);
  return new Dispatcher({ layer, router, scopes, answers, runs, journal });
}

async function replies(): Promise<Content[]> {
  const waiting = layer.statistics().messagesPending;
  if (waiting === 0) return [];
  const received = await layer.receive(['server.test!'], { signal, max: waiting });
  return received.map(({ content }) => content);
}

const content = (path = '/known', more = {}): Content => ({ reply_channel: REPLY, path, ...more });

const fail = (error: unknown) => (): never => {
  throw error;
};

describe('Dispatcher', () => {
  it.each([
    ['text', 'hi', [{ text: 'hi' }]],
    ['an empty text', '', [{ text: '' }]],
    ['bytes', Buffer.from([1]), [{ bytes: Buffer.from([1]) }]],
    ['an object', { a: 1 }, [{ text: '{"a":1}' }]],
    ['null', null, [{ text: 'null' }]],
    ['nothing', undefined, []],
  ])('sends %s that a frame handler returns to its client', async (_what, value, expected) => {
    await dispatcherOf('websocket.receive', () => value).dispatch('websocket.receive', content());
    expect(await replies()).toEqual(expected);
  });

  it.each(['websocket.connect', 'websocket.disconnect', 'jobs'])(
    'keeps what a %s handler returns to itself',
    async (channel) => {
      await dispatcherOf(channel, () => 'value').dispatch(channel, content());
      expect(await replies()).toEqual([]);
    },
  );

  it('sends what a handler sent before what it returns', async () => {
    const run = async (message: Message): Promise<string> => {
      await message.reply('sent');
      return 'returned';
    };
    await dispatcherOf('websocket.receive', run).dispatch('websocket.receive', content());
    expect(await replies()).toEqual([{ text: 'sent' }, { text: 'returned' }]);
  });

  it('passes the captures and the content to the handler', async () => {
    const seen: Message[] = [];
    const router = new Router([
      route(
        'jobs',
        handler((message) => seen.push(message)),
        { path: '/:id' },
      ),
    ]);
    await dispatcher(router).dispatch('jobs', { path: '/7', size: 2 });
    expect(seen[0]).toMatchObject({ params: { id: '7' }, content: { size: 2 } });
    expect(seen[0].hasReplyChannel).toBe(false);
  });

  it.each([
    ['an error', new Error('boom'), 500, 1011],
    ['an HTTP exception', new ConflictException('taken'), 409, 1008],
    ['something that is no error', 'text', 500, 1011],
  ])('refuses a connection whose handler threw %s', async (_what, error, status, close) => {
    const dispatching = dispatcherOf('websocket.connect', fail(error));
    await dispatching.dispatch('websocket.connect', content());
    expect(await replies()).toEqual([{ accept: false, status, close }]);
  });

  it('leaves a socket open whose frame handler threw, unless told to close it', async () => {
    const keep = dispatcherOf('websocket.receive', fail(new Error('boom')));
    await keep.dispatch('websocket.receive', content());
    expect(await replies()).toEqual([]);
    const close = dispatcherOf('websocket.receive', fail(new Error('boom')), { onError: 'close' });
    await close.dispatch('websocket.receive', content());
    expect(await replies()).toEqual([{ close: 1011, reason: '' }]);
  });

  it('closes with 1007 for a frame that is no JSON, with one warning', async () => {
    const dispatching = dispatcherOf('websocket.receive', fail(new MalformedJson('it is cut', 3)));
    await dispatching.dispatch('websocket.receive', content());
    expect(await replies()).toEqual([{ close: 1007, reason: '' }]);
    expect(logs.messages('error')).toEqual([]);
    expect(logs.messages('warn')).toEqual([
      'Test.run on websocket.receive "/known" closed with 1007: ' +
        'Cannot read JSON: it is cut at position 3. [CHANNELS_JSON_INVALID]',
    ]);
  });

  it('takes JSON that other messages hold for any failure', async () => {
    await dispatcherOf('jobs', fail(new MalformedJson('it is cut'))).dispatch('jobs', content());
    expect(logs.messages('error')).toHaveLength(1);
    expect(await replies()).toEqual([]);
  });

  it('logs a failure once, with class, method, channel and quoted path', async () => {
    const dispatching = dispatcherOf('jobs', fail(new Error('boom')));
    await dispatching.dispatch('jobs', content());
    expect(logs.messages('error')).toEqual(['Test.run on jobs "/known" failed: boom']);
  });

  it('lets no path forge a log line', async () => {
    const dispatching = dispatcherOf('jobs', () => undefined);
    await dispatching.dispatch('jobs', content('/x\n[Nest] LOG all is well'));
    expect(logs.messages('error')).toEqual([
      'No route matches jobs "/x\\n[Nest] LOG all is well": dropped',
    ]);
  });

  it.each([
    [
      'connect is refused with 404',
      'websocket.connect',
      '/other',
      [{ accept: false, status: 404 }],
    ],
    [
      'connect on the path of a frame handler is accepted',
      'websocket.connect',
      '/known',
      [{ accept: true }],
    ],
    ['disconnect is ignored', 'websocket.disconnect', '/other', []],
    ['frame is ignored', 'websocket.receive', '/other', []],
  ])('without a route a %s', async (_what, channel, path, expected) => {
    const dispatching = dispatcherOf('websocket.receive', () => undefined);
    await dispatching.dispatch(channel, content(path));
    expect(await replies()).toEqual(expected);
  });

  it('accepts a connection without a route when told so', async () => {
    const dispatching = dispatcherOf('jobs', () => undefined, { unrouted: 'accept' });
    await dispatching.dispatch('websocket.connect', content('/other'));
    expect(await replies()).toEqual([{ accept: true }]);
  });

  it('logs a buffered message that did not get through, and sends the others', async () => {
    layer = memoryLayer({ mailboxCapacity: 1 });
    let now = 0;
    const hasty: Clock = {
      now: () => now,
      setTimer(callback, delayMs) {
        now += delayMs;
        setImmediate(callback);
        return { cancel: () => undefined };
      },
    };
    const run = async (message: Message): Promise<void> => {
      await message.reply('first');
      await message.reply('second');
    };
    const router = new Router([route('websocket.receive', handler(run))]);
    const scopes = new SendScopes(hasty);
    await dispatcher(router, { scopes }).dispatch('websocket.receive', content());
    expect(await replies()).toEqual([{ text: 'first' }]);
    expect(logs.messages('error')).toEqual([
      expect.stringContaining(
        'Test.run on websocket.receive "/known" lost a message to channel "server.test!1"',
      ),
    ]);
  });

  it('never rejects, whatever the message is', async () => {
    const dispatching = dispatcherOf('jobs', () => undefined);
    await dispatching.dispatch('jobs', { reply_channel: 'not a name', path: '/known' });
    await dispatching.dispatch('websocket.connect', {});
    expect(logs.messages('error')).toEqual([
      expect.stringContaining('A message on jobs was dropped: Invalid channel name'),
      expect.stringContaining('A message on websocket.connect was dropped'),
    ]);
  });

  describe('with a handler that decides by throwing', () => {
    it('denies a pending connection as it was told, after what was sent before', async () => {
      const denial = { status: 418, headers: { 'x-why': 'tea' }, body: 'no' };
      const run = async (message: Message): Promise<void> => {
        await message.replyChannel.send({ text: 'before' });
        throw new DenyConnection(denial);
      };
      await dispatcherOf('websocket.connect', run).dispatch('websocket.connect', content());
      expect(await replies()).toEqual([
        { text: 'before' },
        { accept: false, ...denial, close: 1008 },
      ]);
      expect(journal.tally.counts).toMatchObject({ handled: 1, failed: 0 });
      expect(logs.messages('error')).toEqual([]);
    });

    it.each(['websocket.connect', 'websocket.receive', 'jobs'])(
      'closes the connection of a message on %s',
      async (channel) => {
        const throws = fail(new CloseConnection(4000, 'bye'));
        await dispatcherOf(channel, throws).dispatch(channel, content());
        expect(await replies()).toEqual([{ close: 4000, reason: 'bye' }]);
        expect(journal.tally.counts.handled).toBe(1);
      },
    );

    it.each([
      ['DenyConnection', 'websocket.receive', new DenyConnection(), content()],
      ['DenyConnection', 'websocket.disconnect', new DenyConnection(), content()],
      ['DenyConnection', 'jobs', new DenyConnection(), content()],
      ['CloseConnection', 'websocket.disconnect', new CloseConnection(), content()],
      ['CloseConnection', 'jobs', new CloseConnection(), { path: '/known' }],
    ])('fails a handler that throws %s on %s', async (name, channel, error, received) => {
      await dispatcherOf(channel, fail(error)).dispatch(channel, received);
      expect(await replies()).toEqual([]);
      expect(journal.tally.counts).toMatchObject({ handled: 0, failed: 1 });
      expect(logs.messages('error')).toEqual([
        expect.stringMatching(`failed: ${name} was thrown on "${channel}".*CONTROL_FLOW_MISPLACED`),
      ]);
    });

    it('gives a message back that is to be consumed later, and discards what was sent', async () => {
      const later = new ConsumeLater({ delayMs: 7 });
      const run = async (message: Message): Promise<void> => {
        await message.reply('buffered');
        await message.replyChannel.send({ text: 'immediate' }, { immediately: true });
        throw later;
      };
      const dispatching = dispatcherOf('websocket.receive', run);
      const received = content('/known', { settle: true, order: 1 });
      expect(await dispatching.dispatch('websocket.receive', received)).toBe(later);
      expect(await replies()).toEqual([{ text: 'immediate' }]);
      expect(journal.tally.counts).toMatchObject({ postponed: 1, handled: 0 });
    });

    it('drops it after the eleventh run, with one warning, and settles it', async () => {
      const dispatching = dispatcherOf('websocket.receive', fail(new ConsumeLater()));
      const received = content('/known', { settle: true, order: 3 });
      expect(await dispatching.dispatch('websocket.receive', received, 10)).toBeDefined();
      expect(await dispatching.dispatch('websocket.receive', received, 11)).toBeUndefined();
      expect(await replies()).toEqual([{ settled: 3 }]);
      expect(logs.messages('warn')).toEqual([
        'Test.run on websocket.receive "/known" was postponed more than 10 times: dropped',
      ]);
      expect(journal.tally.counts).toMatchObject({ postponed: 1, dropped: 1 });
    });

    it('refuses a pending connection with 503 when it drops its message', async () => {
      const dispatching = dispatcherOf('websocket.connect', fail(new ConsumeLater()));
      await dispatching.dispatch('websocket.connect', content(), 11);
      expect(await replies()).toEqual([{ accept: false, status: 503, close: 1013 }]);
    });
  });

  describe('with a connect of an ordered connection', () => {
    const connect = { reply_channel: REPLY, path: '/known', order: 0 };
    const ordered = (run: (message: Message) => unknown) =>
      dispatcher(
        new Router([
          route('websocket.connect', handler(run), { path: '/known' }),
          route('websocket.receive', { ...handler(run), isOrdered: true }, { path: '/known' }),
        ]),
      );

    it.each([
      ['accepts', (message: Message) => message.accept(), { accept: true }],
      ['throws', fail(new Error('boom')), { accept: false, status: 500, close: 1011 }],
    ])('says so before its handler %s, and settles it then', async (_what, run, answer) => {
      await ordered(run).dispatch('websocket.connect', connect);
      expect(await replies()).toEqual([{ ordered: true }, answer, { settled: 0 }]);
    });

    it('settles it when it is not postponed any more', async () => {
      const later = await ordered(fail(new ConsumeLater())).dispatch('websocket.connect', connect);
      expect(later).toBeInstanceOf(ConsumeLater);
      expect(await replies()).toEqual([{ ordered: true }]);
    });
  });

  describe('with a frame that asks to be settled', () => {
    const asking = content('/known', { settle: true, order: 5 });

    it.each([
      ['returns', () => 'answer', [{ text: 'answer' }, { settled: 5 }]],
      ['throws', fail(new Error('boom')), [{ settled: 5 }]],
      ['is no route', undefined, [{ settled: 5 }]],
    ])('settles it last when its handler %s', async (_what, run, expected) => {
      const channel = run ? 'websocket.receive' : 'others';
      const dispatching = dispatcherOf(channel, run ?? (() => undefined));
      await dispatching.dispatch('websocket.receive', asking);
      expect(await replies()).toEqual(expected);
    });

    it('survives that the settlement cannot be sent', async () => {
      layer = memoryLayer({ mailboxCapacity: 0 });
      const dispatching = dispatcherOf('websocket.receive', () => undefined);
      await dispatching.dispatch('websocket.receive', asking);
      expect(logs.messages('debug')).toEqual([expect.stringMatching(/^Cannot settle a frame: /)]);
    });
  });

  describe('with a handler that runs for too long', () => {
    /** Dispatches to a handler that hangs until the test lets it go on. */
    async function hang(channel: string, policy: Partial<Policy> = {}) {
      const gate = deferred();
      const sent = deferred<unknown>();
      const dispatching = dispatcherOf(
        channel,
        async (message) => {
          await message.reply('buffered');
          await gate.promise;
          void message.reply('late').catch(sent.resolve);
        },
        policy,
      );
      const dispatched = dispatching.dispatch(channel, content());
      await settled();
      return { dispatched, goOn: () => (gate.resolve(), sent.promise) };
    }

    it('goes on, reports it with class, method and channel, and refuses what comes late', async () => {
      const { dispatched, goOn } = await hang('websocket.receive');
      clock.advance(60_000);
      await dispatched;
      expect(await goOn()).toBeInstanceOf(TaskTimeoutExceeded);
      expect(await replies()).toEqual([]);
      expect(journal.tally.counts).toMatchObject({ timedOut: 1, failed: 0, handled: 0 });
      expect(logs.messages('error')).toEqual([
        expect.stringMatching(
          /^Test\.run on websocket\.receive "\/known" timed out: .*_TASK_TIMEOUT/,
        ),
        expect.stringMatching(/lost a message to channel "server\.test!1": .*_TASK_TIMEOUT/),
      ]);
    });

    it.each([
      ['websocket.connect', [{ accept: false, status: 500, close: 1011 }]],
      ['websocket.receive', [{ close: 1011, reason: '' }]],
    ])('answers %s as any failure', async (channel, expected) => {
      const { dispatched, goOn } = await hang(channel, { onError: 'close' });
      clock.advance(60_000);
      await dispatched;
      expect(await replies()).toEqual(expected);
      await goOn();
    });

    it('leaves one alone that is in time', async () => {
      const { dispatched, goOn } = await hang('websocket.receive');
      clock.advance(59_999);
      void goOn();
      await dispatched;
      expect(await replies()).toEqual([{ text: 'buffered' }, { text: 'late' }]);
    });
  });

  describe('with a message that cannot be handled at all', () => {
    it.each([
      ['a reply channel that is no text', { reply_channel: 7, path: '/known' }],
      ['a reply channel that is no name', { reply_channel: 'a b', path: '/known' }],
      ['an empty reply channel', { reply_channel: '', path: '/known' }],
    ])('counts and skips one with %s, in one line', async (_what, received) => {
      await dispatcherOf('jobs', () => undefined).dispatch('jobs', received);
      expect(journal.tally.counts).toMatchObject({ poisoned: 1, handled: 0 });
      expect(logs.lines.map(({ message }) => message)).toEqual([
        expect.stringContaining('A message on jobs was dropped: '),
      ]);
    });

    it('counts and skips one that the router breaks on', async () => {
      const match = fail(new Error('router'));
      const router = { match, paths: [] } as unknown as Router<Handler>;
      await dispatcher(router).dispatch('jobs', {});
      expect(journal.tally.counts.poisoned).toBe(1);
    });

    it('survives an error that cannot be described', async () => {
      jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
      const evil = new Error('evil');
      Object.defineProperty(evil, 'message', { get: fail(evil) });
      await dispatcherOf('jobs', fail(evil)).dispatch('jobs', content());
      expect(journal.tally.counts).toMatchObject({ failed: 1, poisoned: 0 });
    });

    it('survives a logger that throws', async () => {
      const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
      Logger.overrideLogger({ log: fail(1), warn: fail(1), error: fail(1), debug: fail(1) });
      const dispatching = dispatcherOf('jobs', fail(new Error('boom')));
      await expect(dispatching.dispatch('jobs', content())).resolves.toBeUndefined();
      expect(warn.mock.calls).toEqual([['The worker cannot log a line of level "error"']]);
    });
  });

  it('tells of each run when it starts and how it ends', async () => {
    await dispatcherOf('jobs', () => clock.advance(3)).dispatch('jobs', content(), 2);
    const error = new Error('boom');
    await dispatcherOf('jobs', fail(error)).dispatch('jobs', content());
    await dispatcherOf('jobs', fail(new ConsumeLater())).dispatch('jobs', content(), 11);
    await dispatcherOf('mail', () => undefined).dispatch('jobs', content());
    const about = { channel: 'jobs', handler: 'Test.run' };
    expect(events).toMatchObject([
      { type: 'started', ...about, attempt: 2 },
      { type: 'finished', ...about, attempt: 2, durationMs: 3 },
      { type: 'started', ...about },
      { type: 'failed', ...about, error },
      { type: 'started', ...about },
      { type: 'dropped', ...about, attempt: 11 },
      { type: 'unrouted', channel: 'jobs' },
    ]);
  });
});
