import { describe, expect, it } from '@jest/globals';
import {
  Codec,
  type Content,
  InvalidContent,
  MalformedMessage,
  snapshot,
} from '@nest-channels/core';
import { expectThrown } from './support/failure.js';

const codec = new Codec();

function carried(value: unknown): unknown {
  return codec.decode(codec.encode({ value }))['value'];
}

/** Writes a short text as MessagePack does. */
function text(value: string): number[] {
  const bytes = Buffer.from(value);
  return [0xa0 + bytes.length, ...bytes];
}

describe('Codec', () => {
  it.each<readonly [string, unknown]>([
    ['null', null],
    ['true', true],
    ['false', false],
    ['zero', 0],
    ['a negative number', -1],
    ['the longest exact integer', Number.MAX_SAFE_INTEGER],
    ['the least exact integer', Number.MIN_SAFE_INTEGER],
    ['a whole number beyond the exact ones', 2 ** 60],
    ['a fraction', 0.1],
    ['the largest number', Number.MAX_VALUE],
    ['the least number above zero', Number.MIN_VALUE],
    ['an empty text', ''],
    ['a text with every kind of character', 'a\0\n"\u00a3\u2603\ufeff\u{1f3d4}\u{10ffff}'],
    ['a long text', 'x'.repeat(70_000)],
    ['an empty list', []],
    ['an empty object', {}],
    ['empty bytes', Buffer.alloc(0)],
    ['bytes that are no text', Buffer.from([0xc3, 0x28, 0xff, 0])],
    ['many bytes', Buffer.alloc(70_000, 7)],
    ['a long list', Array.from({ length: 70_000 }, (_, index) => index)],
    ['names that every object has', { constructor: 1, toString: 2, hasOwnProperty: 3 }],
    ['a name that JSON would call', { toJSON: 1 }],
    ['names that look like places', { '': 0, '0': 1, '-1': 2, length: 3 }],
  ])('carries %s unchanged', (_, value) => {
    const received = carried(value);
    expect(received).toEqual(value);
    expect(Object.is(received, value)).toBe(typeof value !== 'object' || value === null);
  });

  it('keeps bytes and text that say the same apart', () => {
    const bytes = carried(Buffer.from('same'));
    expect(bytes).toBeInstanceOf(Uint8Array);
    expect(carried('same')).toBe('same');
    expect(bytes).toEqual(Buffer.from('same'));
  });

  it('takes any Uint8Array for bytes, and of a view only what it shows', () => {
    const bytes = carried(new Uint8Array([1, 2, 3, 4]).subarray(1, 3));
    expect(Buffer.from(bytes as Uint8Array)).toEqual(Buffer.from([2, 3]));
  });

  it.each([
    2n ** 53n + 1n,
    -(2n ** 53n) - 1n,
    2n ** 62n,
    2n ** 63n - 1n,
    -(2n ** 63n),
    1n - 2n ** 63n,
  ])('carries the bigint %p beyond 2^53 as a bigint', (value) => {
    expect(carried(value)).toBe(value);
  });

  it.each([0n, 1n, -1n, 255n, 2n ** 32n, 2n ** 53n - 1n, 1n - 2n ** 53n])(
    'carries the bigint %p as a number, which holds it exactly',
    (value) => {
      expect(carried(value)).toBe(Number(value));
    },
  );

  it('carries content nested as deep as it may be', () => {
    let value: unknown = [1];
    for (let depth = 2; depth < 64; depth++) value = depth % 2 ? { value } : [value];
    const content = { value };
    expect(codec.decode(codec.encode(snapshot(content)))).toEqual(content);
    expectThrown(InvalidContent, () => snapshot({ value: { value } }));
  });

  it('reads each message on its own: two alike have the same bytes, in any order', () => {
    const one = Buffer.from(codec.encode({ id: 1, name: 'a' }));
    const two = Buffer.from(codec.encode({ id: 1, name: 'a' }));
    expect(two).toEqual(one);
    expect(new Codec().decode(two)).toEqual({ id: 1, name: 'a' });
    expect(new Codec().decode(one)).toEqual({ id: 1, name: 'a' });
  });

  it('keeps what it encoded, whatever it encodes later', () => {
    const encoded = Array.from({ length: 100 }, (_, id) =>
      codec.encode({ id, pad: 'x'.repeat(id) }),
    );
    const ids = encoded.map((bytes) => codec.decode(bytes)['id']);
    expect(ids).toEqual(encoded.map((_, id) => id));
  });

  it('reads bytes that stand in the middle of a larger buffer', () => {
    const bytes = codec.encode({ id: 1 });
    const padded = Buffer.concat([Buffer.alloc(3, 0xff), bytes, Buffer.alloc(3, 0xff)]);
    expect(codec.decode(padded.subarray(3, 3 + bytes.length))).toEqual({ id: 1 });
  });

  it('gives objects that are plain', () => {
    const content = codec.decode(codec.encode({ nested: { id: 1 } }));
    expect(Object.getPrototypeOf(content)).toBe(Object.getPrototypeOf(content['nested']));
    expect(snapshot(content)).toEqual({ nested: { id: 1 } });
  });

  it('never sees a key that would set a prototype: it cannot be sent', () => {
    const content = JSON.parse('{"nested": {"__proto__": {"isAdmin": true}}}') as Content;
    const error = expectThrown(InvalidContent, () => snapshot(content));
    expect(error.path).toBe('content.nested.__proto__');
  });

  it.each<readonly [string, number[]]>([
    ['__proto__', [0x81, ...text('__proto__'), 0x81, ...text('isAdmin'), 0xc3]],
    [
      'constructor and prototype',
      [0x81, ...text('constructor'), 0x81, ...text('prototype'), 0x81, ...text('isAdmin'), 0xc3],
    ],
    [
      '__proto__ in an object in a list',
      [0x81, ...text('a'), 0x91, 0x81, ...text('__proto__'), 0x81, ...text('isAdmin'), 0xc3],
    ],
    ['__proto__ as a text', [0x81, ...text('__proto__'), ...text('isAdmin')]],
    ['__proto__ as nothing', [0x81, ...text('__proto__'), 0xc0]],
  ])('leaves every prototype alone when a forged message says %s', (_, bytes) => {
    const before = Object.getOwnPropertyNames(Object.prototype);
    let content: Content | undefined;
    try {
      content = codec.decode(Uint8Array.from(bytes));
    } catch (error) {
      expect(error).toBeInstanceOf(MalformedMessage);
    }
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
    expect(({} as Record<string, unknown>)['isAdmin']).toBeUndefined();
    const inner = content && [content, ...Object.values(content).flat()];
    for (const value of inner ?? []) {
      if (typeof value !== 'object' || value === null) continue;
      expect(Object.getPrototypeOf(Object.getPrototypeOf(value))).toBeNull();
      expect('isAdmin' in value).toBe(Object.hasOwn(value, 'isAdmin'));
    }
  });

  it('reads a number from another sender as a bigint when it is not exact otherwise', () => {
    const unsigned = [0x81, ...text('id'), 0xcf, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
    expect(codec.decode(Uint8Array.from(unsigned))).toEqual({ id: 2n ** 64n - 1n });
  });

  it('refuses what is no message', () => {
    const error = expectThrown(MalformedMessage, () => codec.decode(Buffer.from('hello')));
    expect(error.message).toBe('Cannot read a message: it is not a map.');
  });
});
