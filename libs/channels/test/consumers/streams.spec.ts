import { describe, expect, it } from '@jest/globals';
import {
  Channel,
  memoryLayer,
  Message,
  route,
  Router,
  SendScopes,
  systemClock,
} from '@nest-channels/core';
import type { ConsumerContext } from '../../src/consumers/consumer-context.js';
import { callMethod } from '../../src/consumers/base-consumer.js';
import { type StreamCall, Streams } from '../../src/consumers/streams.js';
import { WebsocketConsumer } from '../../src/consumers/websocket-consumer.js';
import { WebsocketMultiplexer } from '../../src/consumers/websocket-multiplexer.js';
import type { OpenHandler } from '../../src/handler.js';

class Echo extends WebsocketConsumer {
  override async receive(text: string): Promise<string> {
    await this.accept();
    await this.send(`${this.multiplexer?.stream}`);
    if (text === 'close') await this.close(4000);
    if (text === 'bytes') await this.replyChannel.send({ bytes: Uint8Array.of(1) });
    return text;
  }
}

const handler: OpenHandler = {
  label: 'Echo.receive',
  run: async (self, message) => {
    const method = Reflect.get(Echo.prototype, 'receive') as Parameters<typeof callMethod>[1];
    return callMethod(self, method, message);
  },
};

function stage(text: string, more: Partial<StreamCall> = {}) {
  const layer = memoryLayer();
  const replyChannel = new Channel('server.a!1', layer, new SendScopes(systemClock));
  const content = { text };
  const message: Message = new Message({ channel: 'websocket.receive', content, replyChannel });
  const outer = { message, params: {}, state: {} } as unknown as ConsumerContext;
  const router = new Router([route('websocket.receive', handler)]);
  const shared = new Echo();
  const create = async (): Promise<object> => new Echo();
  const classes = new Map([['echo', { router, shared, create }]]);
  const streams = new Streams(classes, async () => new Echo());
  const multiplexerClass = WebsocketMultiplexer;
  const call = { stream: 'echo', message, outer, multiplexerClass, ...more };
  const sent = async (): Promise<unknown[]> => {
    const max = layer.statistics().messagesPending;
    if (max === 0) return [];
    const { signal } = new AbortController();
    return (await layer.receive(['server.a!'], { signal, max })).map((each) => each.content);
  };
  return { streams, sent, run: () => streams.run(call) };
}

describe('Streams', () => {
  it('are known by their names', () => {
    const { streams } = stage('a');
    expect(streams.names).toEqual(['echo']);
    expect([streams.has('echo'), streams.has('toString')]).toEqual([true, false]);
  });

  it('put what a stream sends and returns into envelopes, and let it not accept', async () => {
    const { run, sent } = stage('hi');
    await run();
    expect(await sent()).toEqual([
      { text: '{"stream":"echo","payload":"echo"}' },
      { text: '{"stream":"echo","payload":"hi"}' },
    ]);
  });

  it('let a stream close', async () => {
    const { run, sent } = stage('close');
    await run();
    expect(await sent()).toContainEqual({ close: 4000, reason: '' });
  });

  it('carry no bytes', async () => {
    await expect(stage('bytes').run()).rejects.toThrow('a stream carries JSON, no bytes');
  });

  it('give a stream the content that is for it', async () => {
    const { run, sent } = stage('hi', { contentFor: () => ({ text: 'other' }) });
    await run();
    expect(await sent()).toContainEqual({ text: '{"stream":"echo","payload":"other"}' });
  });

  it('hold back what is sent', async () => {
    const held: (() => Promise<void>)[] = [];
    const { run, sent } = stage('hi', { hold: (send) => void held.push(send) });
    await run();
    expect(await sent()).toEqual([]);
    for (const send of held) await send();
    expect(await sent()).toHaveLength(2);
  });

  it.each([
    ['a stream that is none', { stream: 'other' }],
    [
      'a message without a handler',
      { message: new Message({ channel: 'chat.event', content: {} }) },
    ],
  ])('do nothing for %s', async (_what, more) => {
    const { run, sent } = stage('hi', more);
    await run();
    expect(await sent()).toEqual([]);
  });
});
