import { describe, expect, it } from '@jest/globals';
import { InvalidPattern } from '@nest-channels/core';
import * as fc from 'fast-check';
import { compilePattern, type Extent, type TextMatch } from '../src/text-pattern.js';
import { expectThrown } from './support/failure.js';

function whole(pattern: string | RegExp, text: string, key = 'path'): TextMatch | undefined {
  return compilePattern(key, pattern, 'whole').match(text);
}

function prefix(pattern: string | RegExp, text: string, key = 'path'): TextMatch | undefined {
  return compilePattern(key, pattern, 'prefix').match(text);
}

describe('compilePattern', () => {
  it('keeps the key and what was written', () => {
    expect(compilePattern('path', '/rooms/:room', 'whole')).toMatchObject({
      key: 'path',
      source: '/rooms/:room',
    });
    expect(compilePattern('text', /^go$/i, 'prefix')).toMatchObject({
      key: 'text',
      source: '/^go$/i',
    });
    expect(compilePattern('text', 'go', 'whole').source).toBe('go');
  });

  it.each<readonly [string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['a number', 5],
    ['a list', ['/a']],
    ['an object', { pattern: '/a' }],
    ['an object without a prototype', Object.create(null)],
  ])('refuses %s as a pattern', (_, pattern) => {
    const error = expectThrown(InvalidPattern, () => compilePattern('path', pattern, 'whole'));
    expect(error.message).toContain('expected a text or a RegExp');
  });

  describe('with a text for path', () => {
    it.each([
      ['/', '/'],
      ['/echo', '/echo'],
      ['/echo', '/echo/'],
      ['/a/b', '/a/b'],
      ['/snow-☃', '/snow-☃'],
      ['/a.b', '/a.b'],
    ])('takes with %j the path %j', (pattern, path) => {
      expect(whole(pattern, path)).toMatchObject({ captures: {} });
    });

    it.each([
      ['/', '/x'],
      ['/echo', '/'],
      ['/echo', '/Echo'],
      ['/echo', '/echoes'],
      ['/echo', '/echo/more'],
      ['/echo', '/echo//'],
      ['/echo', '/pre/echo'],
      ['/echo', 'echo'],
      ['/echo', '/echo\n'],
      ['/a.b', '/axb'],
    ])('does not take with %j the path %j', (pattern, path) => {
      expect(whole(pattern, path)).toBeUndefined();
    });

    it('captures named segments as they stand', () => {
      expect(whole('/rooms/:room/:user', '/rooms/7/a b%20é')?.captures).toEqual({
        room: '7',
        user: 'a b%20é',
      });
    });

    it('needs each named segment to hold something', () => {
      expect(whole('/rooms/:room', '/rooms/')).toBeUndefined();
      expect(whole('/rooms/:room/x', '/rooms//x')).toBeUndefined();
    });

    it('does not let a named segment go beyond a slash', () => {
      expect(whole('/rooms/:room', '/rooms/1/2')).toBeUndefined();
    });

    it('lists a segment of an optional part that is absent as undefined', () => {
      expect(whole('/rooms{/:room}', '/rooms/7')?.captures).toEqual({ room: '7' });
      const captures = whole('/rooms{/:room}', '/rooms')?.captures;
      expect(Object.keys(captures ?? {})).toEqual(['room']);
      expect(captures?.['room']).toBeUndefined();
    });

    it('captures the segments around an optional part', () => {
      const pattern = '/:first{/extra/:second}/last/:third';
      expect(whole(pattern, '/1/last/3')?.captures).toEqual({
        first: '1',
        second: undefined,
        third: '3',
      });
      expect(whole(pattern, '/1/extra/2/last/3')?.captures).toEqual({
        first: '1',
        second: '2',
        third: '3',
      });
    });

    it('captures the rest of a path by a wildcard', () => {
      expect(whole('/files/*file', '/files/a/b.txt')?.captures).toEqual({ file: 'a/b.txt' });
    });

    it('captures segments named like a member of every object', () => {
      const captures = whole('/races/:constructor/:toString', '/races/lotus/text')?.captures;
      expect(captures).toHaveProperty('constructor', 'lotus');
      expect(captures).toHaveProperty('toString', 'text');
    });

    it.each([
      ['without a slash first', 'rooms'],
      ['of nothing', ''],
      ['with a nameless segment', '/rooms/:'],
      ['with an open brace', '/rooms{/:room'],
      ['with a group that path patterns do not know', '/rooms/(a|b)'],
      ['with a question mark', '/rooms/:room?'],
    ])('refuses one %s', (_, pattern) => {
      const error = expectThrown(InvalidPattern, () => compilePattern('path', pattern, 'whole'));
      expect(error.message).toContain(`Invalid pattern ${JSON.stringify(pattern)} for "path"`);
      expectThrown(InvalidPattern, () => compilePattern('path', pattern, 'prefix'));
    });

    it('keeps what the path parser said as the cause of its refusal', () => {
      const compile = () => compilePattern('path', '/rooms/:', 'whole');
      const { cause } = expectThrown(InvalidPattern, compile);
      expect(cause).toBeInstanceOf(TypeError);
    });
  });

  describe('with a text for path, as a prefix', () => {
    it.each([
      ['/api', '/api/rooms', '/rooms'],
      ['/api', '/api', ''],
      ['/api/v1', '/api/v1/rooms/7', '/rooms/7'],
      ['/:tenant', '/acme/rooms', '/rooms'],
    ])('cuts %j off %j and leaves %j', (pattern, path, rest) => {
      expect(prefix(pattern, path)?.rest).toBe(rest);
    });

    it('leaves the whole path behind the root', () => {
      expect(prefix('/', '/rooms/7')).toEqual({ captures: {}, rest: '/rooms/7' });
    });

    it('matches whole segments only', () => {
      expect(prefix('/api', '/apix/rooms')).toBeUndefined();
      expect(prefix('/api', '/rooms')).toBeUndefined();
      expect(prefix('/api', '/API/rooms')).toBeUndefined();
      expect(prefix('/api', '/v1/api')).toBeUndefined();
    });

    it('captures named segments', () => {
      expect(prefix('/:tenant/v:version', '/acme/v2/rooms')?.captures).toEqual({
        tenant: 'acme',
        version: '2',
      });
    });

    it('takes what a prefix left of a whole path as the root', () => {
      expect(whole('/', '')).toEqual({ captures: {}, rest: '' });
      expect(whole('/rooms', '')).toBeUndefined();
    });
  });

  describe('with a text for another key', () => {
    it('takes the equal text and no other', () => {
      expect(whole('go', 'go', 'text')).toEqual({ captures: {}, rest: '' });
      for (const text of ['', 'g', 'go!', ' go', 'Go', 'go\n']) {
        expect(whole('go', text, 'text')).toBeUndefined();
      }
    });

    it('means each character literally', () => {
      expect(whole('/:a(.*)', '/:a(.*)', 'text')).toEqual({ captures: {}, rest: '' });
      expect(whole('a.c', 'abc', 'text')).toBeUndefined();
    });

    it('takes the empty text by the empty text', () => {
      expect(whole('', '', 'text')).toEqual({ captures: {}, rest: '' });
      expect(whole('', 'x', 'text')).toBeUndefined();
    });

    it('cuts the text off as a prefix', () => {
      expect(prefix('chat.', 'chat.said', 'type')).toEqual({ captures: {}, rest: 'said' });
      expect(prefix('chat.', 'my chat.said', 'type')).toBeUndefined();
    });
  });

  describe('with a RegExp', () => {
    it('has to match at the start, with or without ^', () => {
      for (const pattern of [/go/, /^go/]) {
        expect(whole(pattern, 'go on', 'text')).toMatchObject({ captures: {} });
        expect(whole(pattern, 'let us go', 'text')).toBeUndefined();
      }
    });

    it('has every alternative match at the start', () => {
      expect(whole(/go|run/, 'to run', 'text')).toBeUndefined();
      expect(whole(/go|run/, 'run to', 'text')).toMatchObject({ rest: ' to' });
    });

    it('need not match to the end unless $ says so', () => {
      expect(whole(/go/, 'going', 'text')).toMatchObject({ rest: 'ing' });
      expect(whole(/go$/, 'going', 'text')).toBeUndefined();
      expect(whole(/go$/, 'go', 'text')).toMatchObject({ rest: '' });
    });

    it('captures named groups', () => {
      const pattern = /\/v(?<version>\d+)\/(?<room>\w+)/;
      expect(whole(pattern, '/v2/lobby')?.captures).toEqual({ version: '2', room: 'lobby' });
    });

    it('lists a named group that took no part as undefined', () => {
      const captures = whole(/\/rooms(?:\/(?<room>\d+))?$/, '/rooms')?.captures;
      expect(Object.keys(captures ?? {})).toEqual(['room']);
      expect(captures?.['room']).toBeUndefined();
    });

    it('cuts off exactly what it matched', () => {
      expect(prefix(/\/v(?<version>\d+)/, '/v12/rooms')).toMatchObject({
        captures: { version: '12' },
        rest: '/rooms',
      });
      expect(prefix(/\/v\d/, '/v12/rooms')?.rest).toBe('2/rooms');
    });

    it('keeps its flags', () => {
      expect(whole(/GO/i, 'go', 'text')).toBeDefined();
      expect(whole(/a.c/s, 'a\nc', 'text')).toBeDefined();
      expect(whole(/a.c/, 'a\nc', 'text')).toBeUndefined();
      expect(whole(/^.$/u, '🏔', 'text')).toBeDefined();
    });

    it.each([/go/g, /go/y, /go/gy])('gives with %p the same answer each time', (pattern) => {
      const compiled = compilePattern('text', pattern, 'whole');
      const answers = ['go', 'go', 'no go', 'go'].map((text) => compiled.match(text) !== undefined);
      expect(answers).toEqual([true, true, false, true]);
      expect(pattern.lastIndex).toBe(0);
    });

    it.each([/(a)/, /(?<name>a)(b)/, /(?:(a))/, /a|(b)/, /(?=(a))a/])(
      'refuses the unnamed group of %p',
      (pattern) => {
        const error = expectThrown(InvalidPattern, () => compilePattern('text', pattern, 'prefix'));
        expect(error.message).toContain('name its groups');
        expectThrown(InvalidPattern, () => compilePattern('text', pattern, 'whole'));
      },
    );

    it.each([/(?:a)/, /\(a\)/, /[(]a[)]/, /(?<name>a)/, /(?<!x)a/, /a|/, /(?<a>x)(?<b>y)/])(
      'takes %p, which has none',
      (pattern) => {
        expect(compilePattern('text', pattern, 'whole').source).toBe(String(pattern));
      },
    );

    it.each([/(?:a+)+$/, /(?:a|a)*b/, /(?:\w|\d)+$/, /a*a*$/, /(?<words>(?:\w+\s?)*)$/])(
      'refuses %p, which backtracks without end on some texts',
      (pattern) => {
        for (const extent of ['whole', 'prefix'] as const) {
          const error = expectThrown(InvalidPattern, () => compilePattern('text', pattern, extent));
          expect(error.message).toContain('it backtracks without end on texts like');
        }
      },
    );

    it.each([
      /^\/rooms\/(?<room>\w+)$/,
      /(?<year>\d{4})-(?<month>\d\d)$/,
      /[^/]+\/(?<rest>.*)$/,
      /(?:mail|jobs)\.\w+/i,
      /\p{L}+$/u,
    ])('takes the ordinary %p', (pattern) => {
      expect(compilePattern('text', pattern, 'whole').source).toBe(String(pattern));
    });
  });
});

describe('TextPattern.identity', () => {
  const identity = (pattern: string | RegExp, key = 'path', extent: Extent = 'whole'): string =>
    compilePattern(key, pattern, extent).identity;

  it.each<readonly [string | RegExp, string | RegExp]>([
    ['/rooms/:room', '/rooms/:id'],
    ['/:a/:b', '/:b/:a'],
    ['/files/*path', '/files/*rest'],
    ['/rooms{/:room}', '/rooms{/:id}'],
    [/go (?<verb>\w+)/, /go (?<word>\w+)/],
  ])('is the same for %p and %p, which differ in names only', (one, other) => {
    expect(identity(one)).toBe(identity(other));
    expect(identity(one, 'path', 'prefix')).toBe(identity(other, 'path', 'prefix'));
  });

  it.each<readonly [string | RegExp, string | RegExp, string]>([
    ['/rooms', '/Rooms', 'path'],
    ['/rooms/:room', '/rooms/*room', 'path'],
    ['/rooms/:room', '/rooms{/:room}', 'path'],
    ['/a.b', '/a-b', 'path'],
    ['go', 'Go', 'text'],
    [/go/, /go/i, 'text'],
    [/(?<a>x)y/, /(?<a>y)x/, 'text'],
    ['/go/', /go/, 'text'],
  ])('is another for %p than for %p', (one, other, key) => {
    expect(identity(one, key)).not.toBe(identity(other, key));
  });

  it('is another for a whole path than for a prefix', () => {
    expect(identity('/rooms', 'path', 'whole')).not.toBe(identity('/rooms', 'path', 'prefix'));
  });
});

const names = ['a', 'b', 'c', 'd'] as const;
const segment = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom('x', 'y', 'X', 'xy') },
  { weight: 1, arbitrary: fc.constant(':') },
);
/** Is a path pattern in segments; each `:` is a parameter with a name of its own. */
const segments = fc
  .array(segment, { minLength: 1, maxLength: 4 })
  .map((parts) => parts.map((part, index) => (part === ':' ? `:${names[index]}` : part)));
const somePath = fc
  .tuple(
    fc.array(fc.constantFrom('x', 'y', 'X', 'xy', 'z', ''), { minLength: 1, maxLength: 5 }),
    fc.constantFrom('', '', '/'),
  )
  .map(([parts, end]) => `/${parts.join('/')}${end}`);

/** Matches a path by comparing segment for segment, or returns undefined. */
function matchSegments(pattern: string[], path: string): Record<string, string> | undefined {
  const texts = path.slice(1).split('/');
  if (texts.length === pattern.length + 1 && texts.at(-1) === '') texts.pop();
  if (texts.length !== pattern.length) return undefined;
  const captures: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const text = texts[index] ?? '';
    if (part.startsWith(':') ? text === '' : text !== part) return undefined;
    if (part.startsWith(':')) captures[part.slice(1)] = text;
  }
  return captures;
}

describe('compilePattern, for any path', () => {
  it('takes what a comparison of segments takes, with the same captures', () => {
    fc.assert(
      fc.property(segments, somePath, (pattern, path) => {
        const match = whole(`/${pattern.join('/')}`, path);
        expect(match?.captures).toEqual(matchSegments(pattern, path));
      }),
      { numRuns: 1_000 },
    );
  });

  it('takes the same behind a prefix as in one piece', () => {
    fc.assert(
      fc.property(segments, segments, somePath, (outer, inner, path) => {
        const renamed = inner.map((part) => part.replace(':', ':inner'));
        const start = prefix(`/${outer.join('/')}`, path);
        const end = start && whole(`/${renamed.join('/')}`, start.rest);
        const captures = end && { ...start.captures, ...end.captures };
        expect(captures).toEqual(matchSegments([...outer, ...renamed], path));
      }),
      { numRuns: 1_000 },
    );
  });
});
