import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Provider } from '@nestjs/common';
import {
  Channels,
  Consumer,
  Consumers,
  EnforceOrdering,
  Message,
  type ServerOptions,
} from 'nest-channels';
import { Inbox } from '../support/inbox.js';
import { RunningApp, stopApps } from '../support/running-app.js';
import { sharedLayer } from '../support/shared-layer.js';

afterEach(stopApps);

const WORKERS = 4;

/** Is one server and several workers over one layer. */
async function split(consumersOf: (worker: number) => Provider, server: ServerOptions = {}) {
  const layers = { default: sharedLayer() };
  for (let worker = 0; worker < WORKERS; worker++) {
    const options = { layers, server: false } as const;
    await RunningApp.start({ options, providers: [consumersOf(worker)] });
  }
  return RunningApp.start({ options: { layers, server, worker: false } });
}

/** Takes longer for some frames than for others, so that workers overtake each other. */
async function dawdle(frame: number): Promise<void> {
  for (let turn = 0; turn < (frame * 7) % 11; turn++) await nextTurn();
}

const FRAMES = 500;
const texts = Array.from({ length: FRAMES }, (_, index) => `${index}`);

describe('an ordered connection', () => {
  it('has its frames handled and answered in order by any number of workers', async () => {
    const handled: string[] = [];
    const busy = new Set<number>();
    const consumersOf = (worker: number): Provider => {
      @EnforceOrdering()
      @Consumers({ path: '/moves' })
      class Moves {
        constructor(private readonly channels: Channels) {}

        @Consumer('websocket.connect')
        async join(message: Message) {
          await this.channels.group('moves').add(message.replyChannel);
          await message.replyChannel.send({ accept: true }, { immediately: true });
          await dawdle(3);
          handled.push('connect');
        }

        @Consumer('websocket.receive')
        async moved({ content }: Message<'websocket.receive'>) {
          const text = content.text ?? '';
          busy.add(worker);
          await dawdle(Number(text));
          handled.push(text);
          await this.channels.group('moves').send({ text: `all: ${text}` });
          return text;
        }

        @Consumer('websocket.disconnect')
        left() {
          handled.push('disconnect');
          gone.push(true);
        }
      }
      return Moves;
    };
    const gone = new Inbox<boolean>();
    const app = await split(consumersOf);
    const socket = await app.open('/moves');
    for (const text of texts) socket.send(text);
    const answers = await socket.take(2 * FRAMES);
    expect(answers).toEqual(texts.flatMap((text) => [`all: ${text}`, text]));
    socket.webSocket.terminate();
    await gone.next();
    expect(handled).toEqual(['connect', ...texts, 'disconnect']);
    expect(busy.size).toBeGreaterThan(1);
  });

  it('has all frames handled before its disconnect when its client is cut off', async () => {
    const handled: string[] = [];
    const gone = new Inbox<boolean>();
    const app = await split(() => {
      @EnforceOrdering()
      @Consumers({ path: '/moves' })
      class Moves {
        @Consumer('websocket.receive')
        async moved({ content }: Message<'websocket.receive'>) {
          await dawdle(Number(content.text));
          handled.push(content.text ?? '');
        }

        @Consumer('websocket.disconnect')
        left() {
          handled.push('disconnect');
          gone.push(true);
        }
      }
      return Moves;
    });
    const socket = await app.open('/moves');
    const some = texts.slice(0, 50);
    for (const text of some) socket.send(text);
    await socket.close();
    await gone.next();
    expect(handled).toEqual([...some, 'disconnect']);
  });

  it('goes on after a handler that throws', async () => {
    const app = await split(() => {
      class Moves {
        @EnforceOrdering()
        @Consumer('websocket.receive', { path: '/moves' })
        async moved({ content }: Message<'websocket.receive'>) {
          await dawdle(Number(content.text));
          if (Number(content.text) % 3 === 0) throw new Error('a bad move');
          return content.text;
        }
      }
      return Moves;
    });
    const socket = await app.open('/moves');
    const some = texts.slice(0, 100);
    for (const text of some) socket.send(text);
    const answered = some.filter((text) => Number(text) % 3 !== 0);
    expect(await socket.take(answered.length)).toEqual(answered);
  });

  it('is put in order by its worker when it is not an interface server that speaks for it', async () => {
    const handled = new Inbox<string>();
    @EnforceOrdering()
    @Consumers({ path: '/moves' })
    class Moves {
      @Consumer(['websocket.connect', 'websocket.receive', 'websocket.disconnect'])
      handle({ channel, content }: Message) {
        handled.push(`${channel} ${String(content['order'])}`);
      }
    }
    const { app } = await RunningApp.start({ providers: [Moves] });
    const channels = app.get(Channels);
    const kinds = ['connect', 'receive', 'receive', 'receive', 'disconnect'] as const;
    for (const order of [4, 2, 3, 0, 1]) {
      const content = { reply_channel: 'mqtt.bridge!1', path: '/moves', order };
      await channels.channel(`websocket.${kinds[order]}`).send(content);
    }
    expect(await handled.take(5)).toEqual(kinds.map((kind, order) => `websocket.${kind} ${order}`));
  });
});
