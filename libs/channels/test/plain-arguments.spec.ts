import { describe, expect, it } from '@jest/globals';
import { Message } from '@nest-channels/core';
import { createParamDecorator } from '@nestjs/common';
import { Content, Json, Msg, PathParam } from '../src/parameter.decorators.js';
import { plainArguments } from '../src/plain-arguments.js';

const Foreign = createParamDecorator(() => 'foreign');

class Consumers {
  none(): void {}
  undecorated(_first: string, @Content('text') _second: string): void {}
  all(
    @Msg() _message: Message,
    @Content() _content: object,
    @PathParam('room') _room: string,
    @Json('said') _said: string,
  ): void {}
  foreign(@Content() _content: object, @Foreign() _foreign: string): void {}
}

const message = new Message({
  channel: 'websocket.receive',
  content: { text: '{"said":"hi"}' } as never,
  params: { room: 'blue' },
});

describe('plainArguments', () => {
  it('reads what our decorators ask for, each at its place', () => {
    const read = plainArguments(Consumers, 'all');
    expect(read?.(message)).toEqual([message, message.content, 'blue', 'hi']);
  });

  it('leaves parameters without a decorator undefined', () => {
    expect(plainArguments(Consumers, 'undecorated')?.(message)).toEqual([
      undefined,
      '{"said":"hi"}',
    ]);
  });

  it.each(['none', 'foreign'])('leaves %s to Nest', (method) => {
    expect(plainArguments(Consumers, method)).toBeUndefined();
  });
});
