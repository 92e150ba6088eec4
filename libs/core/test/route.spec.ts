import { describe, expect, it } from '@jest/globals';
import { include, InvalidName, InvalidPattern, route } from '@nest-channels/core';
import { expectThrown } from './support/failure.js';

const handler = (): string => 'handled';

describe('route', () => {
  it('leads one channel to a handler', () => {
    expect(route('jobs', handler)).toEqual({
      kind: 'route',
      channels: ['jobs'],
      filters: [],
      handler,
    });
  });

  it('leads several channels to a handler', () => {
    const channels = ['jobs', 'body?x1', 'server.k3f9!'];
    expect(route(channels, handler).channels).toEqual(channels);
  });

  it('takes anything as a handler and leaves it as it is', () => {
    const target = { name: 'handler' };
    expect(route('jobs', target).handler).toBe(target);
  });

  it('compiles a filter per key, in the order they are given', () => {
    const { filters } = route('jobs', handler, { path: '/rooms/:room', text: /go/ });
    expect(filters.map(({ key, source }) => [key, source])).toEqual([
      ['path', '/rooms/:room'],
      ['text', '/go/'],
    ]);
  });

  it('has filters that match whole texts', () => {
    const [filter] = route('jobs', handler, { path: '/rooms' }).filters;
    expect(filter?.match('/rooms')).toBeDefined();
    expect(filter?.match('/rooms/7')).toBeUndefined();
  });

  it.each(['', 'two words', 'server!1', 'body?', 'jobs\n', '*'])(
    'refuses the channel name %j',
    (name) => {
      const error = expectThrown(InvalidName, () => route(name, handler));
      expect(error.given).toBe(name);
    },
  );

  it('refuses one bad name among good ones', () => {
    expectThrown(InvalidName, () => route(['jobs', 'two words'], handler));
  });

  it.each([
    ['a path without a slash', { path: 'rooms' }],
    ['an unnamed group', { text: /(a)/ }],
    ['a broken path', { path: '/:' }],
  ])('refuses %s', (_, filters) => {
    expectThrown(InvalidPattern, () => route('jobs', handler, filters));
  });
});

describe('include', () => {
  it('puts routes behind nothing unless it is given prefixes', () => {
    const routes = [route('jobs', handler)];
    expect(include(routes)).toEqual({ kind: 'include', prefixes: [], routes });
  });

  it('has prefixes that match the start and leave the rest', () => {
    const { prefixes } = include([], { path: '/api', type: 'chat.' });
    expect(prefixes.map(({ key }) => key)).toEqual(['path', 'type']);
    expect(prefixes[0]?.match('/api/rooms')?.rest).toBe('/rooms');
    expect(prefixes[1]?.match('chat.said')?.rest).toBe('said');
  });

  it.each([
    ['a path without a slash', { path: 'api' }],
    ['an unnamed group', { path: /\/v(\d)/ }],
    ['a broken path', { path: '/{a' }],
  ])('refuses %s', (_, prefixes) => {
    expectThrown(InvalidPattern, () => include([], prefixes));
  });
});
