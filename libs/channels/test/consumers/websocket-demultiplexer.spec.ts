import { beforeEach, describe, expect, it } from '@jest/globals';
import { MalformedJson } from '@nest-channels/core';
import { REFUSE } from '../../src/consumers/consumer-context.js';
import { WebsocketDemultiplexer } from '../../src/consumers/websocket-demultiplexer.js';
import { StreamMissing, UnknownStream } from '../../src/errors.js';
import { ConsumerStage } from '../support/consumer-stage.js';
import type { LogRecorder } from '../support/log-recorder.js';
import { recordLogs } from '../support/recorded-logs.js';

class Live extends WebsocketDemultiplexer {
  override readonly consumers = {};

  speak(): void {
    this.send();
  }

  tell(): void {
    this.groupSend();
  }

  news(): Promise<void> {
    return this.stream('news').send({ a: 1 });
  }
}

let logs: LogRecorder;

beforeEach(() => {
  logs = recordLogs();
});

describe('WebsocketDemultiplexer', () => {
  it('accepts, without streams too', async () => {
    const stage = new ConsumerStage(new Live());
    await stage.play('websocket.connect', 'connect');
    expect(await stage.replies()).toEqual([{ accept: true }]);
  });

  it.each(['speak', 'tell'])('cannot %s by itself', async (method) => {
    const stage = new ConsumerStage(new Live());
    await expect(stage.play('chat.event', method)).rejects.toThrow(StreamMissing);
  });

  it('speaks through a stream', async () => {
    const stage = new ConsumerStage(new Live());
    await stage.play('chat.event', 'news');
    expect(await stage.replies()).toEqual([{ text: '{"stream":"news","payload":{"a":1}}' }]);
  });

  it('refuses a stream that it does not have', async () => {
    const frame = { text: '{"stream":"a","payload":1}' };
    const refused = new ConsumerStage(new Live()).play('websocket.receive', 'receive', frame);
    await expect(refused).rejects.toThrow(UnknownStream);
  });

  it.each([
    [new UnknownStream('a'), { stream: 'a', error: { code: 'CHANNELS_STREAM_UNKNOWN' } }],
    [new MalformedJson('what'), { error: { code: 'CHANNELS_JSON_INVALID' } }],
  ])('answers %p', (error, frame) => {
    expect(JSON.parse(new Live()[REFUSE](error) as string)).toMatchObject(frame);
  });

  it('logs what it answers, at the level of debug', () => {
    new Live()[REFUSE](new UnknownStream('a'));
    expect(logs.messages('debug', 'Channels')).toEqual([
      'Live refused a frame: There is no such stream.',
    ]);
  });

  it('leaves other errors to others', () => {
    expect(new Live()[REFUSE](new Error('other'))).toBeUndefined();
  });
});
