import { describe, expect, it } from '@jest/globals';
import { type Content, route, Router } from '@nest-channels/core';
import type { Handler } from '../src/handler.js';
import { Ordering } from '../src/ordering.js';

const handler = (isOrdered?: boolean): Handler => ({
  label: 'Test.run',
  isOrdered,
  run: () => Promise.resolve(),
});

const ordering = new Ordering(
  new Router([
    route('websocket.receive', handler(true), { path: '/moves/:game', text: /^e/ }),
    route('websocket.connect', handler(), { path: '/moves/:game' }),
    route('websocket.receive', handler(), { path: '/chat' }),
    route(['jobs', 'websocket.disconnect'], handler(true), { path: '/leaving' }),
    route('jobs', handler(true), { path: '/jobs' }),
  ]),
);

describe('Ordering', () => {
  it.each([
    ['an ordered handler of frames could match, whatever their text', '/moves/7', true],
    ['an ordered handler of the end could match', '/leaving', true],
    ['only other handlers match', '/chat', false],
    ['an ordered handler has nothing to do with connections', '/jobs', false],
    ['nothing matches', '/elsewhere', false],
  ])('covers a connection for whose path %s: %p', (_what, path, expected) => {
    expect(ordering.covers({ path })).toBe(expected);
  });

  it.each<[string, string, Content, number | undefined]>([
    ['of another producer', 'websocket.receive', {}, 3],
    ['of an interface server', 'websocket.receive', { reply_channel: 'server.k3!1' }, undefined],
    ['to another channel', 'jobs', { path: '/jobs' }, undefined],
    ['whose handler is not ordered', 'websocket.receive', { path: '/chat' }, undefined],
    ['without a number', 'websocket.receive', { order: '3' }, undefined],
    ['without a reply channel', 'websocket.receive', { reply_channel: null }, undefined],
  ])('has for a message %s on %s (%j) the place %p', (_what, channel, keys, expected) => {
    const content = { path: '/moves/7', reply_channel: 'mqtt.x!1', order: 3, ...keys };
    expect(ordering.placeOf(channel, content)).toBe(expected);
  });
});
