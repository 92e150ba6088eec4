import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  afterClose,
  ChannelsClientError,
  ServerError,
  WebSocketBridge,
} from '@nest-channels/client';
import { type ChannelsTest, createChannelsTest } from '@nest-channels/testing';
import { WebSocket } from 'ws';
import { AppModule } from './app.module.js';
import type { LiveContract } from './live-contract.js';

let test: ChannelsTest;
let url: string;
let bridge: WebSocketBridge<LiveContract>;

beforeEach(async () => {
  test = await createChannelsTest({ imports: [AppModule], time: 'system' });
  url = `${(await test.liveServer()).wsUrl}/live`;
});

afterEach(async () => {
  bridge.close();
  await test.close();
});

describe('a program in Node', () => {
  it('asks and waits for the answer', async () => {
    // #region ask
    bridge = new WebSocketBridge<LiveContract>({ WebSocket }); // that of the package ws, before Node 22
    await bridge.connect(url).opened();

    const clock = bridge.stream('clock');
    clock.send('time');
    const { time } = await clock.next();
    // #endregion
    expect(Date.parse(time)).not.toBeNaN();
  });

  it('reads what comes as it comes', async () => {
    bridge = new WebSocketBridge<LiveContract>({ WebSocket });
    await bridge.connect(url).opened();
    const told: string[] = [];
    // #region iterate
    const chat = bridge.stream('chat');
    const lines = chat.messages({ limit: 100 }); // keeps what comes from here on

    chat.send({ text: 'hello' });
    chat.send({ text: 'bye' });
    for await (const { text } of lines) {
      told.push(text);
      if (text === 'bye') break;
    }
    // #endregion
    expect(told).toEqual(['hello', 'bye']);
  });

  it('is told of what goes wrong beside a call', async () => {
    const problems: string[] = [];
    // #region errors
    bridge = new WebSocketBridge<LiveContract>({ WebSocket });
    bridge.onError((error) => {
      problems.push(error.code);
      if (error instanceof ServerError) problems.push(`on ${error.stream}`);
    });
    // #endregion
    const problem = new Promise<ChannelsClientError>((resolve) => bridge.onError(resolve));
    await bridge.connect(url).opened();
    bridge.socket.send('{ "stream": "weather", "payload": "today" }');
    expect((await problem).message).toBe('The server reports: There is no such stream.');
    expect(problems).toEqual(['CHANNELS_CLIENT_SERVER_ERROR', 'on weather']);
  });
});

describe('a bridge with options', () => {
  it('asks for its URL before each attempt, and subscribes again after each', async () => {
    const tickets = ['first', 'second'];
    const asked: string[] = [];
    const fetchTicket = async (): Promise<string> => tickets[asked.push('again') - 1];
    // #region options
    bridge = new WebSocketBridge<LiveContract>({
      WebSocket,
      offline: 'drop', // or 'queue', the default, or 'throw'
      backoff: { minMs: 10, maxMs: 100 },
      afterClose: (code) => (code === 4000 ? 'reconnect' : afterClose(code)),
    });
    bridge.onReconnect(() => {
      bridge.stream('chat').send({ text: 'back again' });
    });
    bridge.connect(async () => `${url}?ticket=${await fetchTicket()}`);
    // #endregion
    const greeted = new Promise<void>((resolve) => bridge.onReconnect(resolve));
    await bridge.opened();
    expect(bridge.socket.url).toContain('?ticket=first');
    bridge.socket.reconnect(4000);
    await greeted;
    expect(bridge.socket.url).toContain('?ticket=second');
    expect(await bridge.stream('chat').next()).toEqual({ text: 'back again' });
  });
});
