import { describe, expect, it } from '@jest/globals';
import { MalformedJson, Message } from '@nest-channels/core';
import { JsonPart, messageParameters } from '../src/message-parameters.js';

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

  it.each([
    ['text', { text: '{"a":{"b":1}}' }],
    ['bytes', { bytes: Buffer.from('{"a":{"b":1}}') }],
  ])('reads the JSON of a frame of %s, whole or by key', (_what, content) => {
    const frame = new Message({ channel: 'websocket.receive', content: content as never });
    const json = (key?: string): unknown =>
      messageParameters.exchangeKeyForValue(3, new JsonPart(key), [frame]);
    expect(json()).toEqual({ a: { b: 1 } });
    expect(json('a')).toEqual({ b: 1 });
    expect(json('absent')).toBeUndefined();
    expect(json('toString')).toBeUndefined();
  });

  it.each(['null', '1', '"a"'])('reads no key of the JSON %s', (text) => {
    expect(new JsonPart('a').of({ text })).toBeUndefined();
    expect(new JsonPart().of({ text })).toBe(JSON.parse(text));
  });

  it('reads no JSON from a message without a frame', () => {
    expect(new JsonPart().of({ id: 1 })).toBeUndefined();
  });

  it('refuses a frame that is no JSON', () => {
    expect(() => new JsonPart().of({ text: '{' })).toThrow(MalformedJson);
  });

  it('names the key of JSON for pipes', () => {
    expect(String(new JsonPart('id'))).toBe('id');
    expect(String(new JsonPart())).toBe('');
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
