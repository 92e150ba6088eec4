import { describe, expect, it } from '@jest/globals';
import { MalformedJson } from '@nest-channels/core';
import { JsonWebsocketConsumer } from '../../src/consumers/json-websocket-consumer.js';
import { ConsumerStage } from '../support/consumer-stage.js';

class Sample extends JsonWebsocketConsumer {
  override receive(content: unknown): unknown {
    return content === 'nothing' ? undefined : { got: content };
  }

  speak(): Promise<void> {
    return this.send('text', { close: true });
  }

  tell(): Promise<void> {
    return this.groupSend('all', [1]);
  }
}

class Dated extends Sample {
  override decodeJson(frame: string): unknown {
    return JSON.parse(frame, (key, value: unknown) =>
      key === 'at' ? new Date(value as string) : value,
    );
  }

  override encodeJson(value: unknown): string {
    return `${super.encodeJson(value)}\n`;
  }
}

const receive = (consumer: Sample, frame: object): Promise<unknown> =>
  new ConsumerStage(consumer).play('websocket.receive', 'receive', { ...frame });

describe('JsonWebsocketConsumer', () => {
  it.each([
    [{ text: '{"a":1}' }, '{"got":{"a":1}}'],
    [{ bytes: Buffer.from('"ü"') }, '{"got":"ü"}'],
    [{ text: '"nothing"' }, undefined],
  ])('answers %p with %p', async (frame, answer) => {
    expect(await receive(new Sample(), frame)).toBe(answer);
  });

  it('writes what it sends, texts too, as JSON', async () => {
    const stage = new ConsumerStage(new Sample());
    await stage.layer.groupAdd('all', 'server.stage!1');
    await stage.play('chat.message', 'speak');
    await stage.play('chat.message', 'tell');
    expect(await stage.replies()).toEqual([{ text: '"text"', close: true }, { text: '[1]' }]);
  });

  it('leaves reading and writing to a codec of its class', async () => {
    const answer = await receive(new Dated(), { text: '{"at":"2020-01-01T00:00:00Z"}' });
    expect(answer).toBe('{"got":{"at":"2020-01-01T00:00:00.000Z"}}\n');
  });

  it('keeps to itself what a codec says of a frame it cannot read', async () => {
    const refused = receive(new Dated(), { text: 'secret' });
    await expect(refused).rejects.toThrow(MalformedJson);
    await expect(refused).rejects.not.toThrow('secret');
  });
});
