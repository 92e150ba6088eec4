import type { Content } from '@nest-channels/core';
import * as fc from 'fast-check';

/** Is text of any characters; half a surrogate pair is none. */
const text = fc.oneof(
  fc.string({ maxLength: 10 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom('x'.repeat(31), 'x'.repeat(32), 'x'.repeat(256), '\u2603'.repeat(100)),
);

const key = fc
  .oneof(text, fc.constantFrom('constructor', 'toString', 'length', '0', '-1', 'prototype', ''))
  .filter((name) => name !== '__proto__');

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 40 }).map((values) => Buffer.from(values)),
  fc.constantFrom(Buffer.alloc(0), Buffer.alloc(255), Buffer.alloc(256, 0xff)),
);

const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
  fc.maxSafeInteger(),
  fc.integer(),
  fc.integer({ min: -130, max: 260 }),
);

/** Is beyond 2^53: a smaller one comes back as a number. */
const longInteger = fc
  .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
  .filter((value) => value > 2n ** 53n || value < -(2n ** 53n));

const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, depthIdentifier: 'content' },
    fc.oneof(text, number, longInteger, bytes, fc.boolean(), fc.constant(null)),
    fc.array(tie('value'), { maxLength: 6, depthIdentifier: 'content' }),
    fc.dictionary(key, tie('value'), { maxKeys: 6, noNullPrototype: true }),
  ),
}));

/** Is any content, but negative zero, which has a test of its own, and what a codec may change. */
export const anyContent: fc.Arbitrary<Content> = fc.dictionary(key, value, {
  maxKeys: 6,
  noNullPrototype: true,
});
