import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
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
import { Dispatcher, type DispatcherParts } from '../src/dispatcher.js';
import type { Handler } from '../src/handler.js';
import { LogRecorder } from './support/log-recorder.js';

const REPLY = 'server.test!1';
const { signal } = new AbortController();

let logs: LogRecorder;
let layer: ChannelLayer;

beforeEach(() => {
  logs = new LogRecorder();
  layer = memoryLayer();
  Logger.overrideLogger(logs);
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
  policy: Partial<DispatcherParts['policy']> = {},
): Dispatcher {
  const router = new Router([route(channel, handler(run), { path: '/known' })]);
  return new Dispatcher({
    layer,
    router,
    scopes: new SendScopes(new ManualClock()),
    policy: { unrouted: 'deny', onError: 'keep', ...policy },
  });
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
    const policy = { unrouted: 'deny', onError: 'keep' } as const;
    const scopes = new SendScopes(new ManualClock());
    const dispatcher = new Dispatcher({ layer, router, scopes, policy });
    await dispatcher.dispatch('jobs', { path: '/7', size: 2 });
    expect(seen[0]).toMatchObject({ params: { id: '7' }, content: { size: 2 } });
    expect(seen[0].hasReplyChannel).toBe(false);
  });

  it.each([
    ['an error', new Error('boom'), 500],
    ['an HTTP exception', new ConflictException('taken'), 409],
    ['something that is no error', 'text', 500],
  ])('refuses a connection whose handler threw %s', async (_what, error, status) => {
    const dispatcher = dispatcherOf('websocket.connect', fail(error));
    await dispatcher.dispatch('websocket.connect', content());
    expect(await replies()).toEqual([{ accept: false, status, close: 1011 }]);
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
    const dispatcher = dispatcherOf('websocket.receive', fail(new MalformedJson('it is cut', 3)));
    await dispatcher.dispatch('websocket.receive', content());
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
    const dispatcher = dispatcherOf('jobs', fail(new Error('boom')));
    await dispatcher.dispatch('jobs', content());
    expect(logs.messages('error')).toEqual(['Test.run on jobs "/known" failed: boom']);
  });

  it('lets no path forge a log line', async () => {
    const dispatcher = dispatcherOf('jobs', () => undefined);
    await dispatcher.dispatch('jobs', content('/x\n[Nest] LOG all is well'));
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
    const dispatcher = dispatcherOf('websocket.receive', () => undefined);
    await dispatcher.dispatch(channel, content(path));
    expect(await replies()).toEqual(expected);
  });

  it('accepts a connection without a route when told so', async () => {
    const dispatcher = dispatcherOf('jobs', () => undefined, { unrouted: 'accept' });
    await dispatcher.dispatch('websocket.connect', content('/other'));
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
    const policy = { unrouted: 'deny', onError: 'keep' } as const;
    const dispatcher = new Dispatcher({ layer, router, scopes: new SendScopes(hasty), policy });
    await dispatcher.dispatch('websocket.receive', content());
    expect(await replies()).toEqual([{ text: 'first' }]);
    expect(logs.messages('error')).toEqual([
      expect.stringContaining(
        'Test.run on websocket.receive "/known" lost a message to channel "server.test!1"',
      ),
    ]);
  });

  it('never rejects, whatever the message is', async () => {
    const dispatcher = dispatcherOf('jobs', () => undefined);
    await dispatcher.dispatch('jobs', { reply_channel: 'not a name', path: '/known' });
    await dispatcher.dispatch('websocket.connect', {});
    expect(logs.messages('error')).toEqual([
      expect.stringContaining('A message on jobs was dropped: Invalid channel name'),
      expect.stringContaining('A message on websocket.connect was dropped'),
    ]);
  });
});
