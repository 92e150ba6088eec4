import { afterEach, describe, expect, it } from '@jest/globals';
import {
  type CanActivate,
  type ExecutionContext,
  Inject,
  Injectable,
  type NestInterceptor,
  Scope,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { map } from 'rxjs';
import {
  AcceptConnection,
  BaseConsumer,
  Channels,
  ChannelsExecutionContext,
  Consumers,
  ConsumerFlags,
  Content,
  DenyConnection,
  Json,
  JsonWebsocketConsumer,
  type Message,
  Msg,
  PathParam,
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

@Consumers({ path: '/rooms/:room' })
class Room extends WebsocketConsumer {
  override readonly groups = (): string[] => [`room-${this.params['room']}`];

  constructor(@Inject(Notebook) private readonly notebook: Notebook) {
    super();
  }

  override async receive(text: string, bytes?: Uint8Array): Promise<void> {
    if (text === 'all') return this.groupSend(`room-${this.params['room']}`, `to ${this.path}`);
    if (text === 'bye') return this.send('bye', { close: 4001 });
    if (text === 'leave') return this.close(4002, 'left');
    return this.send(bytes ?? `${this.params['room']}: ${text}`);
  }

  override async disconnect(code: number): Promise<void> {
    const members = await this.group(`room-${this.params['room']}`).channels();
    this.notebook.notes.push({ code, members });
  }
}

@Consumers({ path: '/json' })
class Codec extends JsonWebsocketConsumer {
  override receive(content: unknown): unknown {
    return content === 'nothing' ? undefined : { content };
  }
}

const tick = Promise.resolve();

@Consumers({ path: '/own' })
class Own extends JsonWebsocketConsumer {
  private given: unknown = 'nothing yet';

  override async receive(content: unknown): Promise<unknown> {
    const before = this.given;
    this.given = content;
    for (let turn = 0; turn < 20; turn++) await tick;
    return [before, this.given];
  }
}

@Injectable()
class KeyGuard implements CanActivate {
  constructor(@Inject(Notebook) private readonly notebook: Notebook) {}

  canActivate(context: ExecutionContext): boolean {
    const { channel, content } = ChannelsExecutionContext.create(context).getMessage();
    this.notebook.notes.push([context.getClass().name, context.getHandler().name, channel]);
    return content['path'] !== '/guarded/no';
  }
}

const shout: NestInterceptor = {
  intercept: (_context, next) => next.handle().pipe(map((value) => `${String(value)}!`)),
};

@UseGuards(KeyGuard)
@Consumers({ path: '/guarded/:id' })
class Guarded extends WebsocketConsumer {
  @UseInterceptors(shout)
  override receive(@Content('text') text: string, @PathParam('id') id: string): unknown {
    return this.params['id'] === id ? `${text} ${id}` : 'strange';
  }
}

@Consumers({ path: '/declared' })
class Declared extends JsonWebsocketConsumer {
  override receive(@Msg() message: Message, @Json('a') a: unknown): unknown {
    return { a, same: message === this.message };
  }
}

class Doors extends WebsocketConsumer {
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

  override receive(text: string): unknown {
    if (text === 'stop') throw new StopConsumer();
    throw new AcceptConnection();
  }
}

class Jobs extends BaseConsumer {
  static override readonly methodMapping = { 'jobs.add': 'add' };
  readonly factor: number = 1;

  constructor(@Inject(Notebook) private readonly notebook: Notebook) {
    super();
  }

  add({ content }: Message): void {
    const { number, id } = content as { number: number; id?: string };
    this.notebook.notes.push([this.channelOf(), number * this.factor, id]);
  }

  other(): void {
    this.notebook.notes.push(['other', this.channelOf()]);
  }

  private channelOf(): string {
    return this.message.channel;
  }
}

let made = 0;

@Injectable({ scope: Scope.REQUEST })
@Consumers({ path: '/scoped' })
class Scoped extends WebsocketConsumer {
  readonly #number = ++made;

  override receive(@Content('text') text: string): string {
    return `${text} ${this.path} ${this.#number > 0}`;
  }
}

describe('a WebsocketConsumer', () => {
  const start = (): Promise<MemoryApp> => MemoryApp.start([Room, Notebook]);

  it('accepts, and hears text and bytes', async () => {
    const socket = await (await start()).open('/rooms/blue');
    await socket.send('hi');
    await socket.send(new Uint8Array([1, 2]));
    expect(await take(socket, 2)).toEqual(['blue: hi', new Uint8Array([1, 2])]);
  });

  it('is in the groups computed from its path, and in no other', async () => {
    const app = await start();
    const [one, other, far] = await Promise.all(
      ['/rooms/a', '/rooms/a', '/rooms/b'].map((path) => app.open(path)),
    );
    await one.send('all');
    expect([await one.receive(), await other.receive()]).toEqual(['to /rooms/a', 'to /rooms/a']);
    await far.send('hi');
    expect(await far.receive()).toBe('b: hi');
  });

  it('has left its groups when it handles the end', async () => {
    const app = await start();
    const socket = await app.open('/rooms/a');
    await socket.disconnect(4000);
    expect(await app.get(Notebook).notes.next()).toEqual({ code: 4000, members: [] });
  });

  it.each([
    ['bye', 4001],
    ['leave', 4002],
  ])('closes after "%s" with %d', async (text, code) => {
    const socket = await (await start()).open('/rooms/a');
    await socket.send(text);
    expect(await socket.closed()).toMatchObject({ code });
  });
});

describe('a JsonWebsocketConsumer', () => {
  const start = (): Promise<MemoryApp> => MemoryApp.start([Codec, Own, Declared]);

  it('reads text and bytes, and writes what receive returns', async () => {
    const socket = await (await start()).open('/json');
    await socket.send('[1]');
    await socket.send(Buffer.from('"ü"'));
    await socket.send('"nothing"');
    await socket.send('null');
    const frames = ['{"content":[1]}', '{"content":"ü"}', '{"content":null}'];
    expect(await take(socket, 3)).toEqual(frames);
  });

  it.each(['{"a":', '', new Uint8Array([0xff])])('closes with 1007 for %p', async (frame) => {
    const app = await start();
    const socket = await app.open('/json');
    await socket.send(frame);
    expect(await socket.closed()).toEqual({ code: 1007, reason: '' });
    expect(app.logs.messages('warn', 'Worker').join()).toContain(
      'Codec.receive on websocket.receive "/json"',
    );
  });

  it('keeps what a handler sets on `this` to its message', async () => {
    const app = await start();
    const [one, other] = await Promise.all([app.open('/own'), app.open('/own')]);
    await one.send('1');
    await other.send('2');
    expect([await one.receive(), await other.receive()]).toEqual([
      '["nothing yet",1]',
      '["nothing yet",2]',
    ]);
  });

  it('passes to decorated parameters what they ask for', async () => {
    const socket = await (await start()).open('/declared');
    await socket.send('{"a":5}');
    expect(await socket.receive()).toBe('{"a":5,"same":true}');
  });
});

describe('enhancers around a class-based consumer', () => {
  it('run for class and method, with the class and method as they were written', async () => {
    const app = await MemoryApp.start([Guarded, Notebook]);
    const socket = await app.open('/guarded/7');
    await socket.send('hi');
    expect(await socket.receive()).toBe('hi 7!');
    expect(await app.get(Notebook).notes.take(2)).toEqual([
      ['Guarded', 'connect', 'websocket.connect'],
      ['Guarded', 'receive', 'websocket.receive'],
    ]);
  });

  it('refuse the handshake', async () => {
    const app = await MemoryApp.start([Guarded, Notebook]);
    expect(await app.socket('/guarded/no').connect()).toMatchObject({ status: 403 });
  });
});

describe('control flow of a class-based consumer', () => {
  const providers = [Doors.asRoute({}, { path: '/doors/:door' })];

  it('accepts and denies', async () => {
    const app = await MemoryApp.start(providers);
    const open = await app.open('/doors/open');
    expect(open.responseHeaders).toMatchObject({ 'x-door': 'open' });
    expect(await app.socket('/doors/shut').connect()).toMatchObject({ status: 401 });
    expect(await app.socket('/doors/other').connect()).toMatchObject({ status: 403 });
  });

  it('stops the consumer with 1000', async () => {
    const socket = await (await MemoryApp.start(providers)).open('/doors/open');
    await socket.send('stop');
    expect(await socket.closed()).toMatchObject({ code: 1000 });
  });

  it('is misplaced where nothing is to be accepted', async () => {
    const app = await MemoryApp.start(providers);
    await (await app.open('/doors/open')).send('accept');
    expect(await app.logs.nextProblem()).toContain('AcceptConnection was thrown on "websocket.rec');
  });
});

describe('a BaseConsumer', () => {
  const send = (app: MemoryApp, channel: string, content: object): Promise<void> =>
    app.get(Channels).channel(channel).send(content);

  it('handles the channels of its method mapping, and no near miss', async () => {
    const app = await MemoryApp.start([Jobs, Notebook]);
    await send(app, 'jobs.adder', { number: 1 });
    await send(app, 'jobs.add', { number: 2 });
    expect(await app.get(Notebook).notes.next()).toEqual(['jobs.add', 2, undefined]);
  });

  it('has in a route of its own other attributes, mappings and filters', async () => {
    const attributes = { factor: 10, methodMapping: { 'jobs.more': 'add', 'jobs.else': 'other' } };
    const providers = [Jobs.asRoute(attributes, { id: /a/ }), Notebook];
    const app = await MemoryApp.start(providers);
    const { notes } = app.get(Notebook);
    await send(app, 'jobs.more', { number: 1, id: 'b' });
    await send(app, 'jobs.more', { number: 2, id: 'a' });
    expect(await notes.next()).toEqual(['jobs.more', 20, 'a']);
    await send(app, 'jobs.else', { id: 'a' });
    expect(await notes.next()).toEqual(['other', 'jobs.else']);
  });

  it('may be request-scoped, and then have private names', async () => {
    const app = await MemoryApp.start([Scoped]);
    const socket = await app.open('/scoped');
    await socket.send('hi');
    expect(await socket.receive()).toBe('hi /scoped true');
  });
});

class Secret extends WebsocketConsumer {
  #count = 0;

  override receive(): number {
    return ++this.#count;
  }
}

class Arrow extends WebsocketConsumer {
  override readonly receive = (): string => 'arrow';
}

class Flagged extends JsonWebsocketConsumer<{ count?: number }> {
  override readonly channelSession = true;

  override receive(): number {
    this.state.count = (this.state.count ?? 0) + 1;
    return this.state.count;
  }
}

class Forgetful extends JsonWebsocketConsumer<{ count: number }> {
  override receive(): number {
    return this.state.count;
  }
}

describe('the boot', () => {
  it.each([
    [Secret.asRoute({}, { path: '/a' }), 'Secret.receive: #count belongs to the injected instance'],
    [Arrow.asRoute({}, { path: '/a' }), 'Arrow.receive: has an arrow function among its fields'],
    [Flagged.asRoute({}, { path: '/a' }), 'Flagged.receive: channelSession is set and nobody'],
    [Flagged, 'Flagged: nothing says which connections are its own'],
  ])('refuses %p', async (provider, problem) => {
    await expect(MemoryApp.start([provider])).rejects.toThrow(problem);
  });
});

describe('a flag', () => {
  it('gives the consumer its state, as its provider keeps it', async () => {
    const states = new Map<string, object>();
    const calls: string[] = [];

    @Injectable()
    class Sessions {
      constructor(@Inject(ConsumerFlags) flags: ConsumerFlags) {
        flags.provide('channelSession', {
          around: async (message, next) => {
            calls.push(`begin ${message.channel}`);
            return next().finally(() => calls.push('end'));
          },
          stateOf: ({ replyChannel: { name } }) => {
            const state = states.get(name) ?? {};
            states.set(name, state);
            return state;
          },
        });
      }
    }

    const providers = [Flagged.asRoute({}, { path: '/a' }), Sessions];
    const socket = await (await MemoryApp.start(providers)).open('/a');
    await socket.send('0');
    await socket.send('0');
    expect(await take(socket, 2)).toEqual(['1', '2']);
    expect(calls.slice(0, 4)).toEqual([
      'begin websocket.connect',
      'end',
      'begin websocket.receive',
      'end',
    ]);
  });

  it('is what a state needs in life message', async () => {
    const app = await MemoryApp.start([Forgetful.asRoute({}, { path: '/a' })]);
    await (await app.open('/a')).send('0');
    expect(await app.logs.nextProblem()).toContain('Forgetful uses its state, and nobody keeps it');
  });
});
