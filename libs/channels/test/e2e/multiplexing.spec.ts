import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  type ArgumentsHost,
  type CanActivate,
  Catch,
  type ExceptionFilter,
  type ExecutionContext,
  Inject,
  Injectable,
  type Provider,
  Scope,
  type Type,
  UseFilters,
  UseGuards,
} from '@nestjs/common';
import { createChannelsCluster } from '@nest-channels/testing';
import {
  Channels,
  ChannelsExecutionContext,
  ChannelsRuntime,
  CloseConnection,
  Consumer,
  Consumers,
  ConsumerFlags,
  Content,
  DenyConnection,
  Json,
  JsonWebsocketConsumer,
  type Life,
  RefusedFrame,
  WebsocketConsumer,
  WebsocketDemultiplexer,
  WebsocketMultiplexer,
} from 'nest-channels';
import { Inbox } from '../support/inbox.js';
import { MemoryApp, stopMemoryApps, take } from '../support/memory-app.js';

afterEach(stopMemoryApps);

@Injectable()
class Notebook {
  readonly notes = new Inbox<unknown>();
}

@Injectable()
class RoomGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    return ChannelsExecutionContext.create(context).getParams()['room'] !== 'locked';
  }
}

/** Can be a stream, and stand alone. */
@UseGuards(RoomGuard)
class Chat extends JsonWebsocketConsumer<{ said?: number }> {
  override readonly channelSession = true;
  override readonly groups = ({ room = '' }): string[] => [`chat-${room}`];

  constructor(@Inject(Notebook) private readonly notebook: Notebook) {
    super();
  }

  override async connect(): Promise<void> {
    const { room = '' } = this.params;
    if (room === 'closed') throw new DenyConnection({ status: 409 });
    if (room === 'broken') throw new Error('broken');
    await this.accept();
    await this.send({ welcome: room });
  }

  override async receive(content: { text?: string; fail?: boolean }): Promise<unknown> {
    if (content.fail) throw new Error('failed');
    if (content.text === 'bye') throw new CloseConnection(4001);
    this.state.said = (this.state.said ?? 0) + 1;
    if (content.text === 'all') return this.groupSend(`chat-${this.params['room']}`, 'to all');
    if (content.text === 'plain') return this.message.reply('no JSON');
    return { ...content, said: this.state.said };
  }

  @Consumer('chat.event')
  event(@Content('text') text: string): Promise<void> {
    return this.send({ event: text });
  }

  override disconnect(code: number): void {
    this.notebook.notes.push(['chat', code]);
  }
}

class Shout extends WebsocketConsumer {
  override readonly strictOrdering = true;

  constructor(@Inject(Notebook) private readonly notebook: Notebook) {
    super();
  }

  override receive(text: string): string {
    return text.toUpperCase();
  }

  override async disconnect(code: number): Promise<void> {
    this.notebook.notes.push(['shout', code]);
    if (this.params['room'] === 'noisy') throw new Error('failed to shout');
  }
}

class Typed extends JsonWebsocketConsumer {
  override receive(@Json('a') a: unknown): unknown {
    return { a };
  }
}

@Injectable()
class Sessions {
  readonly #states = new Map<string, object>();

  constructor(@Inject(ConsumerFlags) flags: ConsumerFlags) {
    flags.provide('channelSession', {
      around: (_message, next) => next(),
      stateOf: ({ replyChannel: { name } }) => {
        const state = this.#states.get(name) ?? {};
        this.#states.set(name, state);
        return state;
      },
    });
  }
}

@Catch(RefusedFrame)
class InOwnWords implements ExceptionFilter<RefusedFrame> {
  catch({ code }: RefusedFrame, _host: ArgumentsHost): unknown {
    return { own: code };
  }
}

function live(life: Life): Type<WebsocketDemultiplexer> {
  @Consumers({ life, path: '/live/:room' })
  class Live extends WebsocketDemultiplexer {
    override readonly consumers = { chat: Chat, shout: Shout, typed: Typed };

    constructor(@Inject(Notebook) private readonly notebook: Notebook) {
      super();
    }

    override async connect(): Promise<void> {
      if (this.params['room'] === 'nobody') throw new DenyConnection({ status: 401 });
      await this.accept({ headers: { 'X-Live': 'yes' } });
      if (this.params['room'] === 'greeted') await this.stream('news').send('hello');
      if (this.params['room'] === 'wrong') this.send();
    }

    override disconnect(code: number): void {
      this.notebook.notes.push(['live', code]);
    }
  }
  return Live;
}

const STREAMS = [Chat, Shout, Typed, Notebook, Sessions, RoomGuard];

describe.each<Life>(['message', 'connection'])('a demultiplexer of life %s', (life) => {
  const start = (...providers: Provider[]): Promise<MemoryApp> =>
    MemoryApp.start([live(life), ...STREAMS, ...providers]);

  it('accepts once, and lets its streams speak then', async () => {
    const app = await start();
    const socket = await app.open('/live/blue');
    expect(socket.responseHeaders).toMatchObject({ 'x-live': 'yes' });
    expect(await socket.receive()).toBe('{"stream":"chat","payload":{"welcome":"blue"}}');
  });

  it('leads each payload to its stream, and the answers back', async () => {
    const socket = await (await start()).open('/live/blue');
    await socket.send('{"stream":"chat","payload":{"text":"hi"}}');
    await socket.send('{"stream":"shout","payload":"hi"}');
    await socket.send('{"stream":"shout","payload":{"a":1}}');
    await socket.send('{"stream":"typed","payload":{"a":[2]},"more":0}');
    await socket.send('{"stream":"chat","payload":{"text":"plain"}}');
    expect((await take(socket, 6)).slice(1)).toEqual([
      '{"stream":"chat","payload":{"text":"hi","said":1}}',
      '{"stream":"shout","payload":"HI"}',
      '{"stream":"shout","payload":"{\\"A\\":1}"}',
      '{"stream":"typed","payload":{"a":[2]}}',
      '{"stream":"chat","payload":"no JSON"}',
    ]);
  });

  it('has groups of its streams, frames and events for them in envelopes', async () => {
    const app = await start();
    const [one, other] = await Promise.all([app.open('/live/a'), app.open('/live/a')]);
    await Promise.all([one.receive(), other.receive()]);
    await one.send('{"stream":"chat","payload":{"text":"all"}}');
    const group = '{"stream":"chat","payload":"to all"}';
    expect([await one.receive(), await other.receive()]).toEqual([group, group]);
    await app.get(Channels).group('chat-a').send({ type: 'chat.event', text: 'x' });
    const event = '{"stream":"chat","payload":{"event":"x"}}';
    expect([await one.receive(), await other.receive()]).toEqual([event, event]);
    const text = WebsocketMultiplexer.encode('chat', { any: 'where' });
    await app.get(Channels).group('chat-a').send({ text });
    expect(await other.receive()).toBe('{"stream":"chat","payload":{"any":"where"}}');
  });

  it('lets a state remember over frames', async () => {
    const socket = await (await start()).open('/live/a');
    for (let count = 0; count < 3; count++) await socket.send('{"stream":"chat","payload":{}}');
    expect((await take(socket, 4)).at(-1)).toBe('{"stream":"chat","payload":{"said":3}}');
  });

  it.each([
    ['no JSON', '{"secret', undefined, 'CHANNELS_JSON_INVALID'],
    ['no object', '["secret"]', undefined, 'CHANNELS_ENVELOPE_INVALID'],
    ['null', 'null', undefined, 'CHANNELS_ENVELOPE_INVALID'],
    ['no stream', '{"payload":"secret"}', undefined, 'CHANNELS_ENVELOPE_INVALID'],
    ['a number for its stream', '{"stream":1,"payload":2}', undefined, 'CHANNELS_ENVELOPE_INVALID'],
    ['no payload', '{"stream":"chat"}', 'chat', 'CHANNELS_ENVELOPE_INVALID'],
    ['an unknown stream', '{"stream":"x","payload":"secret"}', 'x', 'CHANNELS_STREAM_UNKNOWN'],
    [
      'an inherited one',
      '{"stream":"toString","payload":1}',
      'toString',
      'CHANNELS_STREAM_UNKNOWN',
    ],
    [
      'too long a name',
      `{"stream":"${'x'.repeat(101)}","payload":1}`,
      undefined,
      'CHANNELS_STREAM_UNKNOWN',
    ],
  ])('answers %s with an error frame and goes on', async (_what, frame, stream, code) => {
    const socket = await (await start()).open('/live/a');
    await socket.send(frame);
    await socket.send('{"stream":"shout","payload":"on"}');
    const [, refused, answered] = (await take(socket, 3)) as string[];
    expect(JSON.parse(refused)).toEqual({
      ...(stream !== undefined && { stream }),
      error: { code, message: expect.any(String) },
    });
    expect(refused).not.toContain('secret');
    expect(answered).toBe('{"stream":"shout","payload":"ON"}');
  });

  it.each([
    ['locked', 403],
    ['closed', 409],
    ['broken', 500],
    ['nobody', 401],
    ['wrong', 101],
  ])('decides "%s" with %d', async (room, status) => {
    const app = await start();
    const socket = app.socket(`/live/${room}`);
    const connected = await socket.connect();
    if (status !== 101) expect(connected).toMatchObject({ status });
    else {
      expect(await socket.closed()).toMatchObject({ code: 1011 });
      expect(await app.logs.nextProblem()).toContain('it sends through its streams only');
    }
  });

  it('sends to a stream by itself', async () => {
    const socket = await (await start()).open('/live/greeted');
    const frames = new Set(await take(socket, 2));
    expect(frames).toContain('{"stream":"news","payload":"hello"}');
  });

  it('closes as a stream decides, and all hear of the end', async () => {
    const app = await start();
    const socket = await app.open('/live/noisy');
    await socket.send('{"stream":"chat","payload":{"text":"bye"}}');
    expect(await socket.closed()).toMatchObject({ code: 4001 });
    expect(await app.get(Notebook).notes.take(3)).toEqual([
      ['chat', 4001],
      ['shout', 4001],
      ['live', 4001],
    ]);
  });

  it('tells streams that had connected when the connection will not be', async () => {
    const app = await start();
    await app.socket('/live/nobody').connect();
    expect(await app.get(Notebook).notes.take(2)).toEqual([
      ['shout', 1006],
      ['chat', 1006],
    ]);
  });

  it('leaves its streams as they are when they stand alone', async () => {
    const app = await start(Chat.asRoute({}, { path: '/alone/:room' }));
    const [multiplexed, alone] = [await app.open('/live/a'), await app.open('/alone/a')];
    await multiplexed.send('{"stream":"chat","payload":{"text":"hi"}}');
    await take(multiplexed, 2);
    await alone.send('{"text":"hi"}');
    expect(await take(alone, 2)).toEqual(['{"welcome":"a"}', '{"text":"hi","said":1}']);
  });

  it('lets filters answer a refused frame, and a multiplexer write its own way', async () => {
    class Spaced extends WebsocketMultiplexer {
      static override encodeJson(value: unknown): string {
        return JSON.stringify(value, null, 1);
      }
    }
    @UseFilters(InOwnWords)
    @Consumers({ life, path: '/own/:room' })
    class Own extends WebsocketDemultiplexer {
      override readonly consumers = { shout: Shout };
      override readonly multiplexerClass = Spaced;
    }
    const socket = await (await start(Own)).open('/own/a');
    await socket.send('{"stream":"x","payload":1}');
    await socket.send('{"stream":"shout","payload":"a"}');
    expect(await take(socket, 2)).toEqual([
      '{"own":"CHANNELS_STREAM_UNKNOWN"}',
      '{\n "stream": "shout",\n "payload": "A"\n}',
    ]);
  });
});

/** Takes longer for some frames than for others, so that workers would overtake each other. */
class Dawdling extends WebsocketConsumer {
  override readonly strictOrdering = true;

  override async receive(text: string): Promise<string> {
    for (let turns = (Number(text) * 7) % 11; turns > 0; turns--) await nextTurn();
    return text;
  }
}

@Consumers({ path: '/live' })
class Strict extends WebsocketDemultiplexer {
  override readonly consumers = { slow: Dawdling };
}

describe('a stream that wants strict order', () => {
  it('has it over any number of workers', async () => {
    const providers = [Strict, Dawdling];
    const cluster = await createChannelsCluster({ providers, workers: 4, logger: false });
    const socket = cluster.webSocket('/live');
    await socket.connect();
    const texts = Array.from({ length: 200 }, (_, index) => `${index}`);
    for (const payload of texts) await socket.sendJson({ stream: 'slow', payload });
    const answers = texts.map((payload) => JSON.stringify({ stream: 'slow', payload }));
    expect(await take(socket, texts.length)).toEqual(answers);
    const handled = cluster.workers.map(
      (worker) => worker.get(ChannelsRuntime).workerStatistics().handled,
    );
    expect(handled.filter((count) => count > 0).length).toBeGreaterThan(1);
    await cluster.close();
  });
});

@Injectable({ scope: Scope.REQUEST })
class Scoped extends WebsocketConsumer {}

class Secret extends WebsocketConsumer {
  #count = 0;

  override receive(): number {
    return ++this.#count;
  }
}

class Inner extends WebsocketDemultiplexer {
  override readonly consumers = {};
}

describe('the boot refuses a stream', () => {
  it.each<[string, Type<WebsocketConsumer>, Provider[], string]>([
    ['that nobody provides', Typed, [], 'stream "it" (Typed): no module provides it'],
    ['that is request-scoped', Scoped, [Scoped], 'may be request-scoped or transient'],
    ['with private names', Secret, [Secret], 'Secret: #count belongs to the injected instance'],
    ['that is a demultiplexer', Inner, [Inner], 'it is a demultiplexer itself'],
  ])('%s', async (_what, type, providers, problem) => {
    @Consumers({ path: '/a' })
    class Outer extends WebsocketDemultiplexer {
      override readonly consumers = { it: type };
    }
    await expect(MemoryApp.start([Outer, ...providers])).rejects.toThrow(problem);
  });

  it('whose flags nobody provides', async () => {
    @Consumers({ path: '/a' })
    class Outer extends WebsocketDemultiplexer {
      override readonly consumers = { chat: Chat };
    }
    const providers = [Outer, Chat, Notebook, RoomGuard];
    await expect(MemoryApp.start(providers)).rejects.toThrow('channelSession is set and nobody');
  });
});
