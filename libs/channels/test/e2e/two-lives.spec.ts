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
  WebsocketConsumer,
} from 'nest-channels';
import { Inbox } from '../support/inbox.js';
import { RunningApp, stopApps } from '../support/running-app.js';

afterEach(stopApps);

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

describe.each<Life>(['message', 'connection'])('a consumer of life %s', (life) => {
  const start = (): Promise<RunningApp> =>
    RunningApp.start({ providers: [chat(life), plain(life), Notebook, Sessions] });

  it('accepts with what it wants and greets', async () => {
    const app = await start();
    const socket = app.socket('/chat/blue');
    expect(await socket.opened).toMatchObject({ 'x-room': 'blue' });
    expect(await socket.next()).toBe('{"welcome":"/chat/blue"}');
  });

  it.each([
    ['locked', 403],
    ['none', 404],
    ['broken', 500],
  ])('refuses the room "%s" with %d', async (room, status) => {
    expect(await (await start()).socket(`/chat/${room}`).refused).toMatchObject({ status });
  });

  it('refuses a path that is nobody’s with 404', async () => {
    expect(await (await start()).socket('/nowhere').refused).toMatchObject({ status: 404 });
  });

  it('remembers in its state, for each connection its own', async () => {
    const app = await start();
    const [one, other] = await Promise.all([app.open('/chat/a'), app.open('/chat/a')]);
    one.send('{"nick":"Ann"}');
    other.send('{"nick":"Bob"}');
    one.send('{}');
    other.send('{}');
    expect((await one.take(3)).slice(1)).toEqual(['{"you":"Ann"}', '{"you":"Ann"}']);
    expect((await other.take(3)).slice(1)).toEqual(['{"you":"Bob"}', '{"you":"Bob"}']);
  });

  it('handles events of its groups', async () => {
    const app = await start();
    const [one, other] = await Promise.all([app.open('/chat/a'), app.open('/chat/a')]);
    one.send('{"nick":"Ann"}');
    other.send('{"nick":"Bob"}');
    await Promise.all([one.take(2), other.take(2)]);
    one.send('{"say":"hi"}');
    expect(await other.next()).toBe('{"text":"hi","by":"Ann","to":"Bob"}');
    expect(await one.next()).toBe('{"text":"hi","by":"Ann","to":"Ann"}');
  });

  it('lets frames for its groups pass, and closes', async () => {
    const app = await start();
    const socket = await app.open('/chat/a');
    const group = app.app.get(Channels).group('chat-a');
    await group.send({ text: 'raw' });
    expect((await socket.take(2))[1]).toBe('raw');
    await group.send({ close: 4005 });
    expect(await socket.closed).toMatchObject({ code: 4005 });
  });

  it('handles its end, out of its groups', async () => {
    const app = await start();
    const socket = await app.open('/chat/a');
    socket.send('{"nick":"Ann"}');
    await socket.take(2);
    await socket.close(4010);
    const note = await app.app.get(Notebook).notes.next();
    expect(note).toEqual({ code: 4010, nick: 'Ann', members: 0 });
  });

  it('closes as it decides', async () => {
    const app = await start();
    const socket = await app.open('/chat/a');
    socket.send('{"close":4020}');
    expect(await socket.closed).toEqual({ code: 4020, reason: 'as you wish' });
    expect(await app.app.get(Notebook).notes.next()).toMatchObject({ code: 4020 });
  });

  it('closes with 1007 for what is no JSON', async () => {
    const socket = await (await start()).open('/chat/a');
    socket.send('{');
    expect(await socket.closed).toMatchObject({ code: 1007 });
  });

  it('answers frames in order, also ahead of a close', async () => {
    const socket = await (await start()).open('/plain');
    const texts = Array.from({ length: 200 }, (_, index) => String(index));
    for (const text of texts) socket.send(text);
    socket.send(Buffer.from([7]));
    await socket.close();
    expect(await socket.take(201)).toEqual([
      ...texts.map((text) => `true ${text}`),
      Buffer.from([7]),
    ]);
  });

  it('hears of the end when the application stops', async () => {
    const app = await start();
    const socket = await app.open('/chat/a');
    const { notes } = app.app.get(Notebook);
    await app.stop();
    expect(await socket.closed).toMatchObject({ code: 1012 });
    expect(await notes.next()).toMatchObject({ code: 1012, members: 0 });
  });
});
