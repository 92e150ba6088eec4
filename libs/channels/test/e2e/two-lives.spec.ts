import { afterEach, describe, expect, it } from '@jest/globals';
import {
  type CanActivate,
  type ExecutionContext,
  Inject,
  Injectable,
  type Provider,
  UseGuards,
} from '@nestjs/common';
import {
  AcceptConnection,
  Channels,
  ChannelsExecutionContext,
  CloseConnection,
  Consumer,
  ConsumerFlags,
  Consumers,
  Content,
  DenyConnection,
  JsonWebsocketConsumer,
  type Life,
  StopConsumer,
  WebsocketConsumer,
} from 'nest-channels';
import { Inbox } from '../support/inbox.js';
import { MemoryApp, stopMemoryApps, take } from '../support/memory-app.js';

afterEach(stopMemoryApps);

@Injectable()
class Notebook {
  readonly notes = new Inbox<unknown>();
}

/** Keeps the state of consumers of life `message` in this process. */
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

@Injectable()
class KeyGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    return ChannelsExecutionContext.create(context).getParams()['room'] !== 'locked';
  }
}

interface Said {
  readonly say?: string;
  readonly nick?: string;
  readonly fail?: boolean;
  readonly close?: number;
}

function chat(life: Life): Provider {
  @UseGuards(KeyGuard)
  @Consumers({ life, path: '/chat/:room' })
  class Chat extends JsonWebsocketConsumer<{ nick?: string }> {
    override readonly channelSession = true;
    override readonly groups = (): string[] => [this.groupName()];

    constructor(@Inject(Notebook) private readonly notebook: Notebook) {
      super();
    }

    override async connect(): Promise<void> {
      if (this.params['room'] === 'none') throw new DenyConnection({ status: 404 });
      if (this.params['room'] === 'broken') throw new Error('broken');
      await this.accept({ headers: { 'X-Room': this.params['room'] ?? '' } });
      await this.send({ welcome: this.path });
    }

    override async receive({ say, nick, close, fail }: Said): Promise<unknown> {
      if (close !== undefined) throw new CloseConnection(close, 'as you wish');
      if (fail) throw new Error('failed');
      if (nick !== undefined) this.state.nick = nick;
      if (say === undefined) return { you: this.state.nick };
      await this.group(this.groupName()).send({
        type: 'chat.said',
        text: say,
        by: this.state.nick,
      });
      return undefined;
    }

    @Consumer('chat.said')
    heard(@Content('text') text: string, @Content('by') by?: string): Promise<void> {
      return this.send({ text, by, to: this.state.nick });
    }

    override async disconnect(code: number): Promise<void> {
      const members = await this.group(this.groupName()).channels();
      this.notebook.notes.push({ code, nick: this.state.nick, members: members.length });
    }

    private groupName(): string {
      return `chat-${this.params['room']}`;
    }
  }
  return Chat;
}

function plain(life: Life): Provider {
  @Injectable()
  @Consumers({ life, path: '/plain' })
  class Plain extends WebsocketConsumer {
    override receive(text: string, bytes?: Uint8Array): unknown {
      return bytes ?? `${this.channelName.startsWith('server.')} ${text}`;
    }
  }
  return Plain;
}

function wordy(life: Life): Provider {
  @Consumers({ life, path: '/wordy' })
  class Wordy extends JsonWebsocketConsumer {
    override readonly groups = ['wordy'];

    override async connect(): Promise<unknown> {
      await this.accept();
      return 1n;
    }

    @Consumer('wordy.ask')
    async ask(): Promise<unknown> {
      await this.send('asked');
      return 1n;
    }
  }
  return Wordy;
}

function doors(life: Life): Provider {
  @Consumers({ life })
  class Doors extends WebsocketConsumer {
    readonly greeting: string = 'nothing';

    override connect(): never {
      switch (this.params['door']) {
        case 'open':
          throw new AcceptConnection({ headers: { 'X-Door': 'open' } });
        case 'shut':
          throw new DenyConnection({ status: 401 });
        default:
          throw new StopConsumer();
      }
    }

    override receive(text: string): string {
      if (text === 'stop') throw new StopConsumer();
      return this.greeting;
    }
  }
  return Doors.asRoute({ greeting: 'welcome' }, { path: '/doors/:door' });
}

describe.each<Life>(['message', 'connection'])('a consumer of life %s', (life) => {
  const start = (): Promise<MemoryApp> =>
    MemoryApp.start([chat(life), plain(life), doors(life), wordy(life), Notebook, Sessions]);

  it('accepts with what it wants and greets', async () => {
    const app = await start();
    const socket = await app.open('/chat/blue');
    expect(socket.responseHeaders).toMatchObject({ 'x-room': 'blue' });
    expect(await socket.receive()).toBe('{"welcome":"/chat/blue"}');
  });

  it.each([
    ['locked', 403],
    ['none', 404],
    ['broken', 500],
  ])('refuses the room "%s" with %d', async (room, status) => {
    expect(await (await start()).socket(`/chat/${room}`).connect()).toMatchObject({ status });
  });

  it('refuses a path that is nobody’s with 404', async () => {
    expect(await (await start()).socket('/nowhere').connect()).toMatchObject({ status: 404 });
  });

  it('accepts, denies and stops by throwing', async () => {
    const app = await start();
    const socket = await app.open('/doors/open');
    expect(socket.responseHeaders).toMatchObject({ 'x-door': 'open' });
    expect(await app.socket('/doors/shut').connect()).toMatchObject({ status: 401 });
    expect(await app.socket('/doors/other').connect()).toMatchObject({ status: 403 });
    await socket.send('stop');
    expect(await socket.closed()).toMatchObject({ code: 1000 });
  });

  it('has in a route of its own another path and other attributes', async () => {
    const socket = await (await start()).open('/doors/open');
    await socket.send('hi');
    expect(await socket.receive()).toBe('welcome');
  });

  it('remembers in its state, for each connection its own', async () => {
    const app = await start();
    const [one, other] = await Promise.all([app.open('/chat/a'), app.open('/chat/a')]);
    await one.send('{"nick":"Ann"}');
    await other.send('{"nick":"Bob"}');
    await one.send('{}');
    await other.send('{}');
    expect((await take(one, 3)).slice(1)).toEqual(['{"you":"Ann"}', '{"you":"Ann"}']);
    expect((await take(other, 3)).slice(1)).toEqual(['{"you":"Bob"}', '{"you":"Bob"}']);
  });

  it('handles events of its groups', async () => {
    const app = await start();
    const [one, other] = await Promise.all([app.open('/chat/a'), app.open('/chat/a')]);
    await one.send('{"nick":"Ann"}');
    await other.send('{"nick":"Bob"}');
    await Promise.all([take(one, 2), take(other, 2)]);
    await one.send('{"say":"hi"}');
    expect(await other.receive()).toBe('{"text":"hi","by":"Ann","to":"Bob"}');
    expect(await one.receive()).toBe('{"text":"hi","by":"Ann","to":"Ann"}');
  });

  it('sends what it returns for frames only, and minds nothing else it returns', async () => {
    const app = await start();
    const socket = await app.open('/wordy');
    for (let count = 0; count < 2; count++) {
      await app.get(Channels).group('wordy').send({ type: 'wordy.ask' });
      expect(await socket.receive()).toBe('"asked"');
    }
    await socket.receiveNothing();
    expect(app.logs.messages('error')).toEqual([]);
  });

  it('lets frames for its groups pass, and closes', async () => {
    const app = await start();
    const socket = await app.open('/chat/a');
    const group = app.get(Channels).group('chat-a');
    await group.send({ text: 'raw' });
    expect((await take(socket, 2))[1]).toBe('raw');
    await group.send({ close: 4005 });
    expect(await socket.closed()).toMatchObject({ code: 4005 });
  });

  it('handles its end, out of its groups', async () => {
    const app = await start();
    const socket = await app.open('/chat/a');
    await socket.send('{"nick":"Ann"}');
    await take(socket, 2);
    await socket.disconnect(4010);
    const note = await app.get(Notebook).notes.next();
    expect(note).toEqual({ code: 4010, nick: 'Ann', members: 0 });
  });

  it('closes as it decides', async () => {
    const app = await start();
    const socket = await app.open('/chat/a');
    await socket.send('{"close":4020}');
    expect(await socket.closed()).toEqual({ code: 4020, reason: 'as you wish' });
    expect(await app.get(Notebook).notes.next()).toMatchObject({ code: 4020 });
  });

  it('closes with 1007 for what is no JSON', async () => {
    const socket = await (await start()).open('/chat/a');
    await socket.send('{');
    expect(await socket.closed()).toMatchObject({ code: 1007 });
  });

  it('answers frames in order, also ahead of a close', async () => {
    const socket = await (await start()).open('/plain');
    const texts = Array.from({ length: 200 }, (_, index) => String(index));
    for (const text of texts) await socket.send(text);
    await socket.send(new Uint8Array([7]));
    await socket.disconnect();
    expect(await take(socket, 201)).toEqual([
      ...texts.map((text) => `true ${text}`),
      new Uint8Array([7]),
    ]);
  });

  it('hears of the end when the application stops', async () => {
    const app = await start();
    const socket = await app.open('/chat/a');
    const { notes } = app.get(Notebook);
    await app.stop();
    expect(await socket.closed()).toMatchObject({ code: 1012 });
    expect(await notes.next()).toMatchObject({ code: 1012, members: 0 });
  });
});
