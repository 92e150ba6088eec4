import { afterEach, describe, expect, it } from '@jest/globals';
import { Inject, Injectable, type Provider, Scope } from '@nestjs/common';
import { ManualClock, systemClock } from '@nest-channels/core';
import {
  Channels,
  ConsumeLater,
  Consumer,
  Consumers,
  Content,
  memoryLayer,
  type Message,
  Msg,
  Parallel,
  StopConsumer,
  WebsocketConsumer,
} from 'nest-channels';
import { deferred } from '../support/deferred.js';
import { FaultyLayer } from '../support/faulty-layer.js';
import { Inbox } from '../support/inbox.js';
import { RunningApp, stopApps } from '../support/running-app.js';

afterEach(stopApps);

const LIFE = { life: 'connection', path: '/a' } as const;

@Injectable()
class Notebook {
  readonly notes = new Inbox<unknown>();
  readonly gate = deferred();
}

@Consumers(LIFE)
class Slow extends WebsocketConsumer {
  #frames = 0;

  constructor(@Inject(Notebook) private readonly notebook: Notebook) {
    super();
  }

  override async receive(text: string): Promise<unknown> {
    this.#frames++;
    const { notes, gate } = this.notebook;
    if (text === 'stop') throw new StopConsumer();
    if (text === 'fail') throw new Error('failed');
    if (text === 'wait') {
      this.signal.addEventListener('abort', () => notes.push('aborted'));
      notes.push('waiting');
      await gate.promise;
      notes.push('waited');
      await this.group('late').add(this.replyChannel);
    }
    return `${text} ${this.#frames}`;
  }

  override async disconnect(code: number): Promise<void> {
    this.notebook.notes.push({ code, frames: this.#frames, aborted: this.signal.aborted });
  }
}

@Consumers(LIFE)
class Beside extends WebsocketConsumer {
  override readonly groups = ['side'];

  constructor(@Inject(Notebook) private readonly notebook: Notebook) {
    super();
  }

  override async receive(): Promise<string> {
    await this.notebook.gate.promise;
    return 'received';
  }

  @Parallel(2)
  @Consumer('side.work')
  async work(@Content('id') id: number): Promise<void> {
    await this.send(`begin ${id}`);
    if (id < 3) await this.notebook.gate.promise;
  }
}

/** Is no class-based consumer: `this` is the connection's own all the same. */
@Injectable()
@Consumers(LIFE)
class Counter {
  private count = 0;
  private runs = 0;

  constructor(@Inject(Channels) private readonly channels: Channels) {}

  @Consumer('websocket.connect')
  async join(@Msg() message: Message): Promise<void> {
    await this.channels.group('all').add(message.replyChannel);
    await message.accept();
  }

  @Consumer('websocket.receive')
  async frame(@Msg() message: Message, @Content('text') text: string): Promise<unknown> {
    this.runs++;
    if (text === 'later' && this.runs % 3 !== 0) throw new ConsumeLater({ delayMs: 1 });
    await message.reply(`first ${message.params['room']}`);
    return `${++this.count} of ${this.runs}`;
  }

  @Consumer('websocket.receive', { text: 'ping' })
  unreachable(): string {
    return 'never';
  }

  secret(): string {
    return 'never';
  }
}

@Consumers(LIFE)
class Broken extends WebsocketConsumer {
  constructor(@Inject(Notebook) private readonly notebook: Notebook) {
    super();
  }

  override connect(): never {
    throw new Error('broken');
  }

  override disconnect(code: number): void {
    this.notebook.notes.push({ code });
  }
}

let unmade = 0;

@Consumers(LIFE)
class Unmade extends WebsocketConsumer {
  constructor() {
    super();
    // Nest makes one when it boots, which no connection ever has.
    if (++unmade > 1) throw new Error('cannot be made');
  }
}

const start = (...providers: Provider[]): Promise<RunningApp> =>
  RunningApp.start({ providers: [...providers, Notebook] });

const notesOf = ({ app }: RunningApp): Notebook => app.get(Notebook);

describe('a consumer that lives with its connection', () => {
  it('has fields, private ones too, that are its own', async () => {
    const app = await start(Slow);
    const [one, other] = await Promise.all([app.open('/a'), app.open('/a')]);
    one.send('x');
    one.send('y');
    other.send('z');
    expect([await one.take(2), await other.next()]).toEqual([['x 1', 'y 2'], 'z 1']);
  });

  it('gets its frames past the layer', async () => {
    const layer = memoryLayer();
    const options = { layers: { default: layer } };
    const app = await RunningApp.start({ providers: [Slow, Notebook], options });
    const socket = await app.open('/a');
    socket.send('x');
    await socket.next();
    await socket.close();
    await notesOf(app).notes.next();
    expect(layer.statistics()).toMatchObject({ messagesCount: 0 });
  });

  it('learns at once that its connection has ended, whatever it is doing', async () => {
    const app = await start(Slow);
    const socket = await app.open('/a');
    const { notes, gate } = notesOf(app);
    socket.send('wait');
    await notes.next();
    socket.webSocket.terminate();
    expect(await notes.next()).toBe('aborted');
    gate.resolve();
    expect(await notes.take(2)).toEqual(['waited', { code: 1006, frames: 1, aborted: true }]);
  });

  it('learns soon that its connection has ended where its socket is not read', async () => {
    const clock = new ManualClock();
    const server = { settleTimeoutMs: 1e9, maxUnsettledFrames: 8 };
    const app = await RunningApp.start({
      providers: [Slow, Notebook],
      options: { clock, server },
    });
    const socket = await app.open('/a');
    const { notes, gate } = notesOf(app);
    for (const text of ['wait', ...Array<string>(100).fill('x')]) socket.send(text);
    await notes.next();
    socket.webSocket.terminate();
    while (notes.size === 0) {
      clock.advance(1_000);
      await new Promise(setImmediate);
    }
    expect(await notes.next()).toBe('aborted');
    gate.resolve();
    expect(await notes.take(2)).toEqual(['waited', expect.objectContaining({ code: 1006 })]);
  });

  it('has left groups that it joined after the end of its connection', async () => {
    const layer = new FaultyLayer(systemClock);
    const options = { layers: { default: layer } };
    const app = await RunningApp.start({ providers: [Slow, Notebook], options });
    const socket = await app.open('/a');
    const { notes, gate } = notesOf(app);
    socket.send('wait');
    await notes.next();
    socket.webSocket.terminate();
    await notes.next();
    gate.resolve();
    await notes.take(2);
    await layer.closed.take(2);
    expect(await layer.groupChannels('late')).toEqual([]);
  });

  it('closes with 1011 when it fails, and still handles the end', async () => {
    const app = await start(Slow);
    const socket = await app.open('/a');
    socket.send('fail');
    socket.send('never handled');
    expect(await socket.closed).toMatchObject({ code: 1011 });
    expect(await notesOf(app).notes.next()).toMatchObject({ code: 1011, frames: 1 });
    expect(app.logs.messages('error', 'Residents').join()).toContain(
      'Slow.receive on websocket.receive "/a" failed',
    );
  });

  it('stops with 1000, and handles nothing more but the end', async () => {
    const app = await start(Slow);
    const socket = await app.open('/a');
    socket.send('stop');
    socket.send('never handled');
    expect(await socket.closed).toMatchObject({ code: 1000 });
    expect(await notesOf(app).notes.next()).toMatchObject({ code: 1000, frames: 1 });
  });

  it('handles its end also when its connect has failed', async () => {
    const app = await start(Broken);
    expect(await app.socket('/a').refused).toMatchObject({ status: 500 });
    expect(await notesOf(app).notes.next()).toEqual({ code: 1006 });
  });

  it('is refused with 500 when it cannot be made', async () => {
    unmade = 0;
    const app = await start(Unmade);
    expect(await app.socket('/a').refused).toMatchObject({ status: 500 });
    expect(app.logs.messages('error', 'Residents')).toEqual([
      'Unmade cannot be made: cannot be made',
    ]);
  });

  it('handles in parallel what it says it does', async () => {
    const app = await start(Beside);
    const socket = await app.open('/a');
    const group = app.app.get(Channels).group('side');
    socket.send('held');
    for (const id of [1, 2, 3]) await group.send({ type: 'side.work', id });
    expect(await socket.take(2)).toEqual(['begin 1', 'begin 2']);
    notesOf(app).gate.resolve();
    expect(new Set(await socket.take(2))).toEqual(new Set(['begin 3', 'received']));
  });
});

describe('a consumer of life connection that is no class-based one', () => {
  it('has handlers in the order of their writing, and again later when it asks', async () => {
    const socket = await (await start(Counter)).open('/a');
    for (const text of ['a', 'later', 'ping']) socket.send(text);
    expect(await socket.take(6)).toEqual([
      'first undefined',
      '1 of 1',
      'first undefined',
      '2 of 3',
      'first undefined',
      '3 of 4',
    ]);
  });

  it('hears of no event without a handler, which is logged once', async () => {
    const app = await start(Counter);
    const socket = await app.open('/a');
    const group = app.app.get(Channels).group('all');
    for (let count = 0; count < 3; count++) await group.send({ type: 'secret' });
    socket.send('a');
    await socket.take(2);
    expect(app.logs.messages('warn', 'Residents')).toEqual([
      'Counter has no handler for events of type "secret": ignored',
    ]);
  });
});

@Injectable({ scope: Scope.REQUEST })
@Consumers(LIFE)
class Scoped extends WebsocketConsumer {}

@Consumers(LIFE)
class Pathed extends WebsocketConsumer {
  @Consumer('websocket.receive', { path: '/b' })
  other(): void {}
}

@Consumers({ ...LIFE, layer: 'bulk' })
class Elsewhere extends WebsocketConsumer {}

@Consumers({ path: '/a' })
class Taken extends WebsocketConsumer {}

describe('the boot refuses', () => {
  it.each<[string, Provider[], string]>([
    ['a request-scoped class', [Scoped], 'may be request-scoped or transient'],
    ['a handler with a path', [Pathed], 'the path is that of the class'],
    ['another layer', [Elsewhere], 'its layer is not "default"'],
    [
      'a value',
      [{ provide: 'x', useValue: Object.create(Counter.prototype) as Counter }],
      'provide the class, no factory',
    ],
    ['a path in both lives', [Slow, Taken], 'Slow handles this already'],
    ['a path twice', [Slow, Beside], 'Slow handles this already'],
  ])('%s', async (_what, providers, problem) => {
    const layers = { default: () => memoryLayer(), bulk: () => memoryLayer() };
    const parts = { providers: [...providers, Notebook], options: { layers } };
    await expect(RunningApp.start(parts)).rejects.toThrow(problem);
  });
});
