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
import {
  Channels,
  ChannelsExecutionContext,
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
import { RunningApp, stopApps } from '../support/running-app.js';

afterEach(stopApps);

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
  const start = (...providers: Provider[]): Promise<RunningApp> =>
    RunningApp.start({ providers: [live(life), ...STREAMS, ...providers] });

  it('accepts once, and lets its streams speak then', async () => {
    const app = await start();
    const socket = app.socket('/live/blue');
    expect(await socket.opened).toMatchObject({ 'x-live': 'yes' });
    expect(await socket.next()).toBe('{"stream":"chat","payload":{"welcome":"blue"}}');
  });

  it('leads each payload to its stream, and the answers back', async () => {
    const socket = await (await start()).open('/live/blue');
    socket.send('{"stream":"chat","payload":{"text":"hi"}}');
    socket.send('{"stream":"shout","payload":"hi"}');
    socket.send('{"stream":"shout","payload":{"a":1}}');
    socket.send('{"stream":"typed","payload":{"a":[2]},"more":0}');
    socket.send('{"stream":"chat","payload":{"text":"plain"}}');
    expect((await socket.take(6)).slice(1)).toEqual([
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
    await Promise.all([one.next(), other.next()]);
    one.send('{"stream":"chat","payload":{"text":"all"}}');
    const group = '{"stream":"chat","payload":"to all"}';
    expect([await one.next(), await other.next()]).toEqual([group, group]);
    await app.app.get(Channels).group('chat-a').send({ type: 'chat.event', text: 'x' });
    const event = '{"stream":"chat","payload":{"event":"x"}}';
    expect([await one.next(), await other.next()]).toEqual([event, event]);
    const text = WebsocketMultiplexer.encode('chat', { any: 'where' });
    await app.app.get(Channels).group('chat-a').send({ text });
    expect(await other.next()).toBe('{"stream":"chat","payload":{"any":"where"}}');
  });

  it('lets a state remember over frames', async () => {
    const socket = await (await start()).open('/live/a');
    for (let count = 0; count < 3; count++) socket.send('{"stream":"chat","payload":{}}');
    expect((await socket.take(4)).at(-1)).toBe('{"stream":"chat","payload":{"said":3}}');
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
    socket.send(frame);
    socket.send('{"stream":"shout","payload":"on"}');
    const [, refused, answered] = (await socket.take(3)) as string[];
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
    if (status !== 101) expect(await socket.refused).toMatchObject({ status });
    else {
      expect(await socket.closed).toMatchObject({ code: 1011 });
      expect(await app.logs.nextProblem()).toContain('it sends through its streams only');
    }
  });

  it('sends to a stream by itself', async () => {
    const socket = await (await start()).open('/live/greeted');
    const frames = new Set(await socket.take(2));
    expect(frames).toContain('{"stream":"news","payload":"hello"}');
  });

  it('closes as a stream decides, and all hear of the end', async () => {
    const app = await start();
    const socket = await app.open('/live/noisy');
    socket.send('{"stream":"chat","payload":{"text":"bye"}}');
    expect(await socket.closed).toMatchObject({ code: 4001 });
    expect(await app.app.get(Notebook).notes.take(3)).toEqual([
      ['chat', 4001],
      ['shout', 4001],
      ['live', 4001],
    ]);
  });

  it('tells streams that had connected when the connection will not be', async () => {
    const app = await start();
    await app.socket('/live/nobody').refused;
    expect(await app.app.get(Notebook).notes.take(2)).toEqual([
      ['shout', 1006],
      ['chat', 1006],
    ]);
  });

  it('leaves its streams as they are when they stand alone', async () => {
    const app = await start(Chat.asRoute({}, { path: '/alone/:room' }));
    const [multiplexed, alone] = [await app.open('/live/a'), await app.open('/alone/a')];
    multiplexed.send('{"stream":"chat","payload":{"text":"hi"}}');
    await multiplexed.take(2);
    alone.send('{"text":"hi"}');
    expect(await alone.take(2)).toEqual(['{"welcome":"a"}', '{"text":"hi","said":1}']);
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
    socket.send('{"stream":"x","payload":1}');
    socket.send('{"stream":"shout","payload":"a"}');
    expect(await socket.take(2)).toEqual([
      '{"own":"CHANNELS_STREAM_UNKNOWN"}',
      '{\n "stream": "shout",\n "payload": "A"\n}',
    ]);
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
    await expect(RunningApp.start({ providers: [Outer, ...providers] })).rejects.toThrow(problem);
  });

  it('whose flags nobody provides', async () => {
    @Consumers({ path: '/a' })
    class Outer extends WebsocketDemultiplexer {
      override readonly consumers = { chat: Chat };
    }
    const providers = [Outer, Chat, Notebook, RoomGuard];
    await expect(RunningApp.start({ providers })).rejects.toThrow(
      'channelSession is set and nobody',
    );
  });
});
