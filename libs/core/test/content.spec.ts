import { types } from 'node:util';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { type Content, CONTENT_DEPTH_LIMIT, InvalidContent, snapshot } from '@nest-channels/core';
import * as fc from 'fast-check';
import { measuredSnapshot } from '../src/content.js';
import { expectThrown } from './support/failure.js';

const INT64_MAX = 9_223_372_036_854_775_807n;
const INT64_MIN = -9_223_372_036_854_775_808n;

class Job {
  id = 1;
}

/** Wraps a value in objects until it stands in the innermost of so many. */
function nested(depth: number, value: unknown): Record<string, unknown> {
  let content: Record<string, unknown> = { value };
  for (let count = 1; count < depth; count++) content = { content };
  return content;
}

const leaf = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
  fc.integer(),
  fc.bigInt({ min: INT64_MIN, max: INT64_MAX }),
  fc.boolean(),
  fc.constant(null),
  fc.uint8Array({ maxLength: 8 }),
);
const key = fc.oneof(
  fc.string({ maxLength: 6 }).filter((text) => text !== '__proto__'),
  fc.constantFrom('constructor', 'toString', 'hasOwnProperty', 'length', 'then'),
);
const content = fc.dictionary(
  key,
  fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      leaf,
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(key, tie('value'), { maxKeys: 4 }),
    ),
  })).value,
  { maxKeys: 5, noNullPrototype: false },
);

/** Changes everything in a content that can be changed. */
function scramble(value: unknown): void {
  if (types.isUint8Array(value)) {
    value.forEach((byte, index) => (value[index] = byte ^ 0xff));
  } else if (Array.isArray(value)) {
    value.forEach(scramble);
    value.push('scrambled');
  } else if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(scramble);
    Object.assign(value, { scrambled: true });
  }
}

describe('snapshot', () => {
  it('replaces half a surrogate pair, which no encoding carries, in texts and keys', () => {
    expect(snapshot({ text: 'a\ud800b', '\udfff': 1 })).toEqual({ text: 'a\ufffdb', '\ufffd': 1 });
  });

  it('makes negative zero positive, as MessagePack would', () => {
    expect(snapshot({ zero: -0 })).toEqual({ zero: 0 });
  });

  it('keeps text, numbers, booleans and null', () => {
    const values = ['', '£ ☃ 🏔 \0\u0001', 0, 1.5, Number.MAX_VALUE, true, false, null];
    expect(snapshot({ values })).toStrictEqual({ values });
  });

  it('keeps 64-bit integers up to both their bounds', () => {
    const values = [INT64_MIN, INT64_MIN + 1n, 0n, INT64_MAX - 1n, INT64_MAX];
    expect(snapshot({ values })).toStrictEqual({ values });
  });

  it.each([
    ['one above the largest', INT64_MAX + 1n],
    ['one below the smallest', INT64_MIN - 1n],
  ])('refuses a bigint %s 64-bit integer', (_, value) => {
    const error = expectThrown(InvalidContent, () => snapshot({ value }));
    expect(error.path).toBe('content.value');
    expect(error.message).toContain(`${value} does not fit into 64 bits`);
  });

  it('keeps bytes as bytes and text as text', () => {
    const copy = snapshot({
      bytes: Uint8Array.of(0, 255, 128),
      buffer: Buffer.from('é'),
      text: 'é',
    });
    expect(types.isUint8Array(copy['bytes'])).toBe(true);
    expect(copy['bytes']).toEqual(Buffer.from([0, 255, 128]));
    expect(copy['buffer']).toEqual(Buffer.from('é'));
    expect(copy['text']).toBe('é');
  });

  it('keeps empty bytes, lists, objects and texts apart', () => {
    const copy = snapshot({ bytes: new Uint8Array(), list: [], object: {}, text: '' });
    expect(copy).toStrictEqual({ bytes: Buffer.alloc(0), list: [], object: {}, text: '' });
  });

  it('copies only the part of a buffer that a view shows', () => {
    const memory = Uint8Array.of(1, 2, 3, 4, 5);
    const { bytes } = snapshot({ bytes: memory.subarray(1, 3) });
    expect(bytes).toEqual(Buffer.from([2, 3]));
  });

  it('copies bytes: later writes by the sender stay with the sender', () => {
    const bytes = Uint8Array.of(1, 2, 3);
    const copy = snapshot({ bytes });
    bytes[0] = 99;
    expect(copy['bytes']).toEqual(Buffer.from([1, 2, 3]));
  });

  it('gives an empty object for an empty object', () => {
    expect(snapshot({})).toStrictEqual({});
  });

  it('takes objects without a prototype', () => {
    const bare: Record<string, unknown> = Object.create(null);
    bare['inner'] = Object.assign(Object.create(null), { a: 1 });
    expect(snapshot(bare)).toStrictEqual({ inner: { a: 1 } });
  });

  it('takes plain objects, lists and bytes of another realm', () => {
    const foreign: unknown = runInNewContext(
      '({ a: 1, list: [{ b: "two" }], bytes: new Uint8Array([1, 2]) })',
    );
    expect(snapshot(foreign)).toStrictEqual({
      a: 1,
      list: [{ b: 'two' }],
      bytes: Buffer.from([1, 2]),
    });
  });

  it.each(['new Date(0)', 'new Map()', 'new (class Job {})()', 'new Proxy(new Set(), {})'])(
    'refuses %s of another realm',
    (source) => {
      const value: unknown = runInNewContext(source);
      const error = expectThrown(InvalidContent, () => snapshot({ value }));
      expect(error.path).toBe('content.value');
    },
  );

  it.each<readonly [unknown, string]>([
    [undefined, 'undefined'],
    [null, 'null'],
    ['text', 'string'],
    [5, 'number'],
    [true, 'boolean'],
    [5n, 'bigint'],
    [Symbol('s'), 'symbol'],
    [() => ({}), 'function'],
    [[{ a: 1 }], 'an instance of Array'],
    [Buffer.from('bytes'), 'an instance of Buffer'],
    [new Date(0), 'an instance of Date'],
    [new Map(), 'an instance of Map'],
    [new Job(), 'an instance of Job'],
    [Promise.resolve({}), 'an instance of Promise'],
  ])('refuses %p as a whole message', (value, kind) => {
    const error = expectThrown(InvalidContent, () => snapshot(value));
    expect(error.path).toBe('the message');
    expect(error.message).toContain(`expected a plain object, got ${kind}`);
  });

  it.each<readonly [string, unknown, string]>([
    ['undefined', undefined, 'undefined'],
    ['a function', () => 1, 'function'],
    ['a symbol', Symbol('s'), 'symbol'],
    ['NaN', NaN, 'NaN is not a finite number'],
    ['Infinity', Infinity, 'Infinity is not a finite number'],
    ['-Infinity', -Infinity, '-Infinity is not a finite number'],
    ['a date', new Date(0), 'an instance of Date'],
    ['a map', new Map([['a', 1]]), 'an instance of Map'],
    ['a set', new Set([1]), 'an instance of Set'],
    ['a regular expression', /x/, 'an instance of RegExp'],
    ['an error', new Error('e'), 'an instance of Error'],
    ['a promise', Promise.resolve(1), 'an instance of Promise'],
    ['an instance of a class', new Job(), 'an instance of Job'],
    ['a boxed number', Object(1), 'an instance of Number'],
    ['a boxed text', Object('text'), 'an instance of String'],
    ['an array buffer', new ArrayBuffer(2), 'an instance of ArrayBuffer'],
    ['a data view', new DataView(new ArrayBuffer(2)), 'an instance of DataView'],
    ['clamped bytes', new Uint8ClampedArray(2), 'an instance of Uint8ClampedArray'],
    ['floats', new Float64Array(2), 'an instance of Float64Array'],
    ['an object that inherits keys', Object.create({ a: 1 }), 'an instance of Object'],
  ])('refuses %s and names its path', (_, value, problem) => {
    const error = expectThrown(InvalidContent, () => snapshot({ items: [0, { when: value }] }));
    expect(error.path).toBe('content.items[1].when');
    expect(error.message).toContain('Cannot send content.items[1].when: ');
    expect(error.message).toContain(problem);
  });

  it('names the path of a wrong value in lists of lists', () => {
    const error = expectThrown(InvalidContent, () => snapshot({ rows: [[1], [2, [NaN]]] }));
    expect(error.path).toBe('content.rows[1][1][0]');
  });

  it('names the path of a wrong value that stands behind good ones', () => {
    const error = expectThrown(InvalidContent, () =>
      snapshot({ good: { deep: [1, { a: 1 }] }, list: [[], {}], bad: undefined }),
    );
    expect(error.path).toBe('content.bad');
  });

  it('refuses the holes of a sparse list', () => {
    const list: unknown[] = ['a'];
    list[2] = 'c';
    const error = expectThrown(InvalidContent, () => snapshot({ list }));
    expect(error.path).toBe('content.list[1]');
  });

  it.each([
    ['an object that holds itself', '.self'],
    ['a list that holds itself', '.list'],
  ])('refuses %s', (_, step) => {
    const list: unknown[] = [];
    list.push(list);
    const self: Record<string, unknown> = {};
    self['self'] = self;
    const error = expectThrown(InvalidContent, () => snapshot(step === '.self' ? self : { list }));
    expect(error.message).toContain('circular or nested deeper than 64');
    expect(error.path).toContain(`content${step}`);
  });

  it('copies a value that is used twice without being circular', () => {
    const shared = { a: [1] };
    const copy = snapshot({ one: shared, two: shared });
    expect(copy).toStrictEqual({ one: { a: [1] }, two: { a: [1] } });
    expect(copy['one']).not.toBe(copy['two']);
  });

  it('takes objects nested 64 deep', () => {
    const deep = nested(CONTENT_DEPTH_LIMIT, 'innermost');
    expect(CONTENT_DEPTH_LIMIT).toBe(64);
    expect(snapshot(deep)).toStrictEqual(deep);
  });

  it('takes bytes in the innermost of 64 objects', () => {
    const deep = nested(CONTENT_DEPTH_LIMIT, Buffer.from('innermost'));
    expect(snapshot(deep)).toStrictEqual(deep);
  });

  it('refuses objects nested 65 deep', () => {
    const error = expectThrown(InvalidContent, () => snapshot(nested(65, 'innermost')));
    expect(error.message).toContain('nested deeper than 64');
  });

  it('refuses lists nested 65 deep', () => {
    const error = expectThrown(InvalidContent, () => snapshot(nested(64, [])));
    expect(error.message).toContain('nested deeper than 64');
  });

  it('refuses nesting that would overflow the stack', () => {
    expectThrown(InvalidContent, () => snapshot(nested(50_000, 'innermost')));
  });

  it.each([
    ['{ "__proto__": { "admin": true } }', 'content.__proto__'],
    ['{ "a": [{ "__proto__": null }] }', 'content.a[0].__proto__'],
  ])('refuses the key __proto__ in %s', (json, path) => {
    const error = expectThrown(InvalidContent, () => snapshot(JSON.parse(json)));
    expect(error.path).toBe(path);
    expect({}).not.toHaveProperty('admin');
  });

  it('returns equal content for any content', () => {
    fc.assert(
      fc.property(fc.clone(content, 2), ([original, twin]) => {
        expect(snapshot(original)).toEqual(twin);
      }),
      { numRuns: 300 },
    );
  });

  it('shares nothing with the original, either way', () => {
    fc.assert(
      fc.property(fc.clone(content, 2), ([original, twin]) => {
        const copy = snapshot(original);
        scramble(original);
        expect(copy).toEqual(twin);
        const second = snapshot(copy);
        scramble(copy);
        expect(second).toEqual(twin);
      }),
      { numRuns: 300 },
    );
  });

  it('returns content or throws InvalidContent, whatever it is given', () => {
    const anything = fc.anything({
      maxDepth: 3,
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withNullPrototype: true,
      withTypedArray: true,
      withSparseArray: true,
      withBoxedValues: true,
    });
    fc.assert(
      fc.property(fc.oneof(anything, fc.dictionary(fc.string(), anything)), (value) => {
        let copy: Content | undefined;
        try {
          copy = snapshot(value);
        } catch (error) {
          expect(error).toMatchObject({
            name: 'InvalidContent',
            code: 'CHANNELS_CONTENT_INVALID',
          });
        }
        if (copy) expect(copy).toEqual(value);
      }),
      { numRuns: 500 },
    );
  });
});

describe('measuredSnapshot', () => {
  it('copies as snapshot does', () => {
    const original = { list: [1, { bytes: Buffer.from([1]) }], text: 'a' };
    expect(measuredSnapshot(original).content).toEqual(snapshot(original));
    expectThrown(InvalidContent, () => measuredSnapshot([1]));
  });

  it('bounds the length of content by what each part takes at most', () => {
    const bound = (value: object): number => measuredSnapshot(value).sizeBound;
    expect(bound({})).toBeLessThan(10);
    expect(bound({ text: 'x'.repeat(1_000) })).toBeGreaterThanOrEqual(3_000);
    expect(bound({ bytes: Buffer.alloc(1_000) })).toBeLessThan(1_100);
    expect(bound({ list: [1, 2, 3] }) - bound({ list: [1, 2] })).toBe(9);
  });

  it('never takes more of a content as a bound than three times its length and some', () => {
    const { sizeBound } = measuredSnapshot({ text: 'x'.repeat(100_000) });
    expect(sizeBound).toBeLessThan(300_100);
  });
});
