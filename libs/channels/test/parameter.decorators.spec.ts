import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { ParseIntPipe } from '@nestjs/common';
import { Message } from '@nest-channels/core';
import {
  Content,
  messageParameters,
  Msg,
  PARAMETERS_METADATA,
  PathParam,
  QueryParam,
} from '../src/parameter.decorators.js';

class Job {}

const pipe = new ParseIntPipe();

class Handlers {
  one(
    @Msg() _message: Message,
    @Content() _all: object,
    @Content('key') _key: string,
    @Content(Job) _typed: Job,
    @Content(pipe) _pipedAll: number,
    @Content('key', ParseIntPipe) _pipedKey: number,
  ) {}

  two(
    @PathParam() _all: object,
    @PathParam('room') _one: string,
    @PathParam(ParseIntPipe) _piped: number,
    @QueryParam('q', pipe) _query: number,
  ) {}
}

const parametersOf = (method: string): object =>
  Reflect.getMetadata(PARAMETERS_METADATA, Handlers, method) as object;

describe('parameter decorators', () => {
  it('declare content as the body that validation pipes look at', () => {
    expect(parametersOf('one')).toEqual({
      '100:0': { index: 0, data: undefined, pipes: [] },
      '3:1': { index: 1, data: undefined, pipes: [] },
      '3:2': { index: 2, data: 'key', pipes: [] },
      '3:3': { index: 3, data: undefined, pipes: [] },
      '3:4': { index: 4, data: undefined, pipes: [pipe] },
      '3:5': { index: 5, data: 'key', pipes: [ParseIntPipe] },
    });
  });

  it('declare captures and query parameters, with pipes in any place', () => {
    expect(parametersOf('two')).toEqual({
      '5:0': { index: 0, data: undefined, pipes: [] },
      '5:1': { index: 1, data: 'room', pipes: [] },
      '5:2': { index: 2, data: undefined, pipes: [ParseIntPipe] },
      '4:3': { index: 3, data: 'q', pipes: [pipe] },
    });
  });
});

describe('messageParameters', () => {
  const message = new Message({
    channel: 'websocket.connect',
    content: { text: 'hi', query_string: Buffer.from('q=a%20b&empty=') } as never,
    params: { room: 'blue' },
  });
  const read = (kind: number, data?: unknown): unknown =>
    messageParameters.exchangeKeyForValue(kind, data, [message]);

  it.each([
    ['the message', 100, undefined, message],
    ['the content', 3, undefined, message.content],
    ['a key of the content', 3, 'text', 'hi'],
    ['an absent key', 3, 'absent', undefined],
    ['all captures', 5, undefined, { room: 'blue' }],
    ['one capture', 5, 'room', 'blue'],
    ['a decoded query parameter', 4, 'q', 'a b'],
    ['an empty query parameter', 4, 'empty', ''],
    ['an absent query parameter', 4, 'absent', undefined],
    ['nothing for a kind of Nest that no message has', 6, 'x', undefined],
  ])('reads %s', (_what, kind, data, expected) => {
    expect(read(kind, data)).toEqual(expected);
  });

  it('reads the whole query as parameters', () => {
    expect(read(4)).toBeInstanceOf(URLSearchParams);
    expect([...(read(4) as URLSearchParams).keys()]).toEqual(['q', 'empty']);
  });

  it('reads no query from a message without one', () => {
    const other = new Message({ channel: 'jobs', content: {} });
    expect(messageParameters.exchangeKeyForValue(4, 'q', [other])).toBeUndefined();
  });
});
