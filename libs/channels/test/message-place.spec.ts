import { describe, expect, it } from '@jest/globals';
import { Message } from '@nest-channels/core';
import { placeOf } from '../src/message-place.js';

describe('placeOf', () => {
  it.each([
    ['jobs', {}, 'jobs'],
    ['jobs', { path: 7 }, 'jobs'],
    ['websocket.receive', { path: '/a' }, 'websocket.receive "/a"'],
    ['websocket.receive', { path: '/a\nb' }, 'websocket.receive "/a\\nb"'],
  ])('names a message on %s with %j', (channel, content, place) => {
    expect(placeOf(new Message<string>({ channel, content }))).toBe(place);
  });
});
