import { describe, expect, it } from '@jest/globals';
import { InvalidName } from '@nest-channels/core';
import { InvalidReply } from '../../src/errors.js';
import { assertEvent, isEvent } from '../../src/server/event-reader.js';

describe('isEvent', () => {
  it.each([
    [{ type: 'chat.said' }, true],
    [{ type: 'chat.said', text: 'a' }, true],
    [{ type: 5 }, false],
    [{ text: 'a' }, false],
    [{}, false],
  ])('of %p is %p', (content, expected) => {
    expect(isEvent(content)).toBe(expected);
  });
});

describe('assertEvent', () => {
  it('takes what can be the name of a channel', () => {
    expect(() => assertEvent({ type: 'chat.said' })).not.toThrow();
  });

  it('refuses what cannot', () => {
    expect(() => assertEvent({ type: 'a b' })).toThrow(InvalidName);
  });

  it('refuses what only the server itself may send', () => {
    expect(() => assertEvent({ type: 'websocket.receive' })).toThrow(InvalidReply);
  });
});
