import { describe, expect, it } from '@jest/globals';
import {
  type Content,
  type Filters,
  flatten,
  include,
  type Routable,
  route,
  Router,
} from '@nest-channels/core';
import * as fc from 'fast-check';

function match(routes: Routable<string>[], content: Content, channel = 'websocket.receive') {
  return new Router(routes).match(channel, content);
}

function receive(handler: string, filters?: Filters): Routable<string> {
  return route('websocket.receive', handler, filters);
}

describe('Router', () => {
  it('lists its channels in the order they were first named', () => {
    const router = new Router([
      route(['b', 'a'], 'one'),
      include([route('c', 'two', { path: '/c' }), route('a', 'three')], { path: '/api' }),
      route('b', 'four'),
    ]);
    expect(router.channels).toEqual(['b', 'a', 'c']);
  });

  it('has no channels and no match without routes', () => {
    const router = new Router<string>([]);
    expect(router.channels).toEqual([]);
    expect(router.match('jobs', {})).toBeUndefined();
  });

  it('is not changed by what happens to its list later', () => {
    const routes = [route('a', 'one')];
    const router = new Router(routes);
    routes.push(route('b', 'two'));
    expect(router.channels).toEqual(['a']);
    expect(router.match('b', {})).toBeUndefined();
  });

  it('shows its routes in order, those of includes in place', () => {
    const router = new Router([
      receive('one'),
      include([receive('two'), include([receive('three')])]),
      receive('four'),
    ]);
    expect(router.paths.map(({ handler }) => handler)).toEqual(['one', 'two', 'three', 'four']);
  });

  describe('match', () => {
    it('finds the handler of a channel, whatever else the message holds', () => {
      expect(match([receive('echo')], { text: 'hi', more: [1] })).toEqual({
        handler: 'echo',
        params: {},
      });
    });

    it('takes the exact channel name only', () => {
      for (const channel of ['websocket.receiver', 'websocket', 'WEBSOCKET.RECEIVE', 'toString']) {
        expect(match([receive('echo')], {}, channel)).toBeUndefined();
      }
    });

    it('finds a route by each of its channels', () => {
      const router = new Router([route(['a', 'server!'], 'both')]);
      expect(router.match('a', {})?.handler).toBe('both');
      expect(router.match('server!', {})?.handler).toBe('both');
    });

    it('takes the first route that matches', () => {
      const routes = [
        receive('lobby', { path: '/rooms/lobby' }),
        receive('room', { path: '/rooms/:room' }),
        receive('any'),
      ];
      expect(match(routes, { path: '/rooms/lobby' })?.handler).toBe('lobby');
      expect(match(routes, { path: '/rooms/7' })?.handler).toBe('room');
      expect(match(routes, { path: '/' })?.handler).toBe('any');
      expect(match(routes.toReversed(), { path: '/rooms/lobby' })?.handler).toBe('any');
    });

    it('needs every filter to match', () => {
      const routes = [receive('go', { path: '/game', text: 'go' })];
      expect(match(routes, { path: '/game', text: 'go' })?.handler).toBe('go');
      expect(match(routes, { path: '/game', text: 'stop' })).toBeUndefined();
      expect(match(routes, { path: '/other', text: 'go' })).toBeUndefined();
    });

    it('does not match a filter on an absent key', () => {
      expect(match([receive('go', { text: /.*/ })], { path: '/' })).toBeUndefined();
    });

    it.each<readonly [string, unknown]>([
      ['a number', 5],
      ['null', null],
      ['undefined', undefined],
      ['a list', ['go']],
      ['an object', { toString: () => 'go' }],
      ['bytes', Buffer.from('go')],
      ['a boolean', true],
      ['a bigint', 5n],
    ])('takes %s for a non-match and goes on', (_, text) => {
      const routes = [receive('go', { text: /.*/ }), receive('any')];
      expect(match(routes, { text })?.handler).toBe('any');
    });

    it('merges the captures of all filters', () => {
      const routes = [receive('x', { path: '/rooms/:room', text: /(?<verb>\w+) (?<object>\w+)/ })];
      expect(match(routes, { path: '/rooms/7', text: 'take lamp now' })?.params).toEqual({
        room: '7',
        verb: 'take',
        object: 'lamp',
      });
    });

    it('gives an optional part that took no part as undefined', () => {
      const params = match([receive('x', { path: '/rooms{/:room}' })], { path: '/rooms' })?.params;
      expect(Object.keys(params ?? {})).toEqual(['room']);
      expect(params?.['room']).toBeUndefined();
    });

    it('does not leave captures of one route to the next', () => {
      const routes = [
        receive('first', { path: '/:a/:b', text: 'never' }),
        receive('second', { path: '/:c/:d' }),
      ];
      expect(match(routes, { path: '/1/2', text: 'hi' })).toEqual({
        handler: 'second',
        params: { c: '1', d: '2' },
      });
    });

    it('filters on keys named like a member of every object', () => {
      const routes = [receive('made', { constructor: 'lotus' }), receive('any')];
      expect(match(routes, { constructor: 'lotus' })?.handler).toBe('made');
      expect(match(routes, {})?.handler).toBe('any');
    });

    it('leaves the message as it came', () => {
      const content = Object.freeze({ path: '/api/rooms/7', text: 'hi' });
      const routes = [include([receive('room', { path: '/rooms/:room' })], { path: '/api' })];
      expect(match(routes, content)?.handler).toBe('room');
      expect(content).toEqual({ path: '/api/rooms/7', text: 'hi' });
    });
  });

  describe('match through an include', () => {
    it('cuts the prefix off for its children only', () => {
      const routes = [
        include([receive('inside', { path: '/rooms' })], { path: '/api' }),
        receive('outside', { path: '/api/:rest' }),
      ];
      expect(match(routes, { path: '/api/rooms' })?.handler).toBe('inside');
      expect(match(routes, { path: '/api/users' })).toEqual({
        handler: 'outside',
        params: { rest: 'users' },
      });
      expect(match(routes, { path: '/rooms' })).toBeUndefined();
    });

    it('goes on behind it when the prefix matches and no child does', () => {
      const routes = [
        include([receive('room', { path: '/rooms/:room' })], { path: '/api' }),
        include([receive('user', { path: '/users/:user' })], { path: '/api' }),
      ];
      expect(match(routes, { path: '/api/users/7' })).toEqual({
        handler: 'user',
        params: { user: '7' },
      });
    });

    it('does not match a message without the key of its prefix', () => {
      const routes = [include([receive('any')], { path: '/api' })];
      expect(match(routes, { text: 'hi' })).toBeUndefined();
      expect(match(routes, { path: 7 })).toBeUndefined();
      expect(match(routes, { path: '/api/anything' })?.handler).toBe('any');
    });

    it('merges captures, those of the child win', () => {
      const routes = [
        include([receive('x', { path: '/:name/:room' })], { path: '/v:version/:name' }),
      ];
      expect(match(routes, { path: '/v2/outer/inner/7' })?.params).toEqual({
        version: '2',
        name: 'inner',
        room: '7',
      });
    });

    it('merges captures of different keys, those of the innermost win', () => {
      const routes = [
        include([include([receive('x', { text: /(?<name>\w+)/ })], { kind: /(?<name>\w)/ })], {
          path: '/:name/:version',
        }),
      ];
      expect(match(routes, { path: '/outer/2', kind: 'k', text: 'inner' })?.params).toEqual({
        name: 'inner',
        version: '2',
      });
    });

    it('takes what is left of a path that the prefix takes as a whole as the root', () => {
      const routes = [include([receive('root', { path: '/' })], { path: '/api' })];
      expect(match(routes, { path: '/api' })?.handler).toBe('root');
      expect(match(routes, { path: '/api/' })?.handler).toBe('root');
      expect(match(routes, { path: '/api/more' })).toBeUndefined();
    });

    it('cuts prefixes of includes inside includes one after another', () => {
      const routes = [
        include([include([receive('room', { path: '/rooms/:room' })], { path: '/v:version' })], {
          path: '/:tenant',
        }),
      ];
      expect(match(routes, { path: '/acme/v2/rooms/7' })).toEqual({
        handler: 'room',
        params: { tenant: 'acme', version: '2', room: '7' },
      });
      expect(match(routes, { path: '/acme/rooms/7' })).toBeUndefined();
    });

    it('cuts a prefix of any key', () => {
      const routes = [include([receive('said', { type: 'said' })], { type: 'chat.' })];
      expect(match(routes, { type: 'chat.said' })?.handler).toBe('said');
      expect(match(routes, { type: 'said' })).toBeUndefined();
      expect(match(routes, { type: 'chat.said.twice' })).toBeUndefined();
    });

    it('cuts what a RegExp prefix matched, with or without ^ in the child', () => {
      for (const child of [/\/rooms\/(?<room>\d+)$/, /^\/rooms\/(?<room>\d+)$/]) {
        const routes = [include([receive('x', { path: child })], { path: /^\/v(?<version>\d+)/ })];
        expect(match(routes, { path: '/v2/rooms/7' })?.params).toEqual({ version: '2', room: '7' });
        expect(match(routes, { path: '/v2/x/rooms/7' })).toBeUndefined();
      }
    });

    it('takes the same list behind several prefixes', () => {
      const rooms = [receive('room', { path: '/rooms/:room' })];
      const routes = [
        include(rooms, { path: '/v1' }),
        include(rooms, { path: '/v2/:tenant' }),
        include(rooms),
      ];
      const params = ['/v1/rooms/7', '/v2/acme/rooms/7', '/rooms/7', '/v3/rooms/7'].map(
        (path) => match(routes, { path })?.params,
      );
      expect(params).toEqual([
        { room: '7' },
        { tenant: 'acme', room: '7' },
        { room: '7' },
        undefined,
      ]);
    });
  });

  describe('covers', () => {
    const router = new Router([
      route('websocket.receive', 'go', { path: '/game/:id', text: 'go' }),
      include([route('websocket.receive', 'room', { path: '/rooms/:room' })], { path: '/api' }),
      route('websocket.connect', 'any', { scheme: 'wss' }),
    ]);

    it('looks at the filters of one key only', () => {
      expect(router.covers('websocket.receive', 'path', { path: '/game/7' })).toBe(true);
      expect(router.covers('websocket.receive', 'path', { path: '/game' })).toBe(false);
      expect(router.match('websocket.receive', { path: '/game/7' })).toBeUndefined();
    });

    it('looks at prefixes too', () => {
      expect(router.covers('websocket.receive', 'path', { path: '/api/rooms/7' })).toBe(true);
      expect(router.covers('websocket.receive', 'path', { path: '/rooms/7' })).toBe(false);
      expect(router.covers('websocket.receive', 'path', { path: '/api' })).toBe(false);
    });

    it('is true for any content where a route has no filter of that key', () => {
      expect(router.covers('websocket.connect', 'path', { path: '/anywhere' })).toBe(true);
      expect(router.covers('websocket.connect', 'path', {})).toBe(true);
    });

    it('is false for a channel without routes', () => {
      expect(router.covers('websocket.disconnect', 'path', { path: '/game/7' })).toBe(false);
    });
  });
});

describe('RoutePath', () => {
  function placesOf(...routes: Routable<string>[]): string[] {
    return flatten(routes).flatMap(({ places }) => places);
  }

  function identitiesOf(...routes: Routable<string>[]): string[] {
    return flatten(routes).flatMap(({ identities }) => identities);
  }

  it('describes what it takes, a text per channel', () => {
    expect(placesOf(route(['a', 'b'], 'x'))).toEqual(['a', 'b']);
    expect(placesOf(route(['a', 'b'], 'x', { path: '/:id', text: /go/i }))).toEqual([
      'a path=/:id text=/go/i',
      'b path=/:id text=/go/i',
    ]);
  });

  it('names the prefixes around it, outermost first', () => {
    const inner = include([receive('x', { path: '/rooms' })], { path: '/v2' });
    expect(placesOf(include([inner], { path: '/api' }))).toEqual([
      'websocket.receive path=/api path=/v2 path=/rooms',
    ]);
  });

  it('has an identity in common with a route that takes the same', () => {
    const first = identitiesOf(route(['a', 'b'], 'x', { path: '/rooms/:room' }));
    const second = identitiesOf(route(['b', 'c'], 'y', { path: '/rooms/:id' }));
    expect(first).toHaveLength(2);
    expect(first.filter((identity) => second.includes(identity))).toEqual([first[1]]);
    expect(second).not.toContain(first[0]);
  });

  it('has an identity in common with a route behind prefixes that take the same', () => {
    const behind = (prefix: string): string[] =>
      identitiesOf(include([receive('x', { path: '/rooms/:room' })], { path: prefix }));
    expect(behind('/:tenant')).toEqual(behind('/:customer'));
    expect(behind('/v1')).not.toEqual(behind('/v2'));
  });

  it.each<readonly [string, Filters, Filters]>([
    ['another path', { path: '/rooms' }, { path: '/room' }],
    ['another key', { text: 'go' }, { type: 'go' }],
    ['one filter more', { text: 'go' }, { text: 'go', type: 'x' }],
    ['a text that reads like two filters', { text: 'go type=x' }, { text: 'go', type: 'x' }],
    ['a text that reads like a RegExp', { text: '/go/' }, { text: /go/ }],
  ])('has no identity in common with a route for %s', (_, one, other) => {
    expect(identitiesOf(receive('x', one))).not.toEqual(identitiesOf(receive('y', other)));
  });

  it('has its places as its text form', () => {
    const [path] = flatten([route(['a', 'b'], 'x', { path: '/:id' })]);
    expect(String(path)).toBe('a path=/:id, b path=/:id');
  });

  it('matches content and gives the captures', () => {
    const [path] = flatten([include([receive('x', { text: 'go' })], { path: '/:id' })]);
    expect(path?.match({ path: '/7', text: 'go' })).toEqual({ id: '7' });
    expect(path?.match({ path: '/7', text: 'stop' })).toBeUndefined();
    expect(path?.match({ path: '/7', text: 'stop' }, 'path')).toEqual({ id: '7' });
  });
});

describe('flatten', () => {
  it('lists the routes behind all includes in order', () => {
    const paths = flatten([
      receive('one'),
      include([receive('two'), include([receive('three')]), receive('four')]),
      include([]),
    ]);
    expect(paths.map(({ handler }) => handler)).toEqual(['one', 'two', 'three', 'four']);
  });

  it('finds the same handlers for includes as for routes written out', () => {
    const part = fc.constantFrom('/x', '/y', '/:id');
    const path = fc.array(fc.constantFrom('x', 'y', 'z'), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(fc.array(fc.tuple(part, part), { maxLength: 5 }), path, (pairs, segments) => {
        const content = { path: `/${segments.join('/')}` };
        const nested = pairs.map(([outer, inner], id) =>
          include([receive(`${id}`, { path: inner })], { path: outer }),
        );
        const written = pairs.map(([outer, inner], id) =>
          receive(`${id}`, { path: outer + inner.replace(':id', ':inner') }),
        );
        expect(match(nested, content)?.handler).toBe(match(written, content)?.handler);
      }),
      { numRuns: 300 },
    );
  });
});
