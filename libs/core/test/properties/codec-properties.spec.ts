import { describe, expect, it } from '@jest/globals';
import { Codec, type Content, memoryLayer, snapshot } from '@nest-channels/core';
import * as fc from 'fast-check';
import { anyContent } from '../support/any-content.js';
import { contents } from '../support/messages.js';

describe('Codec, for any content', () => {
  it('P6: reads what it wrote as what it was', () => {
    const codec = new Codec();
    const names = Object.getOwnPropertyNames(Object.prototype);
    fc.assert(
      fc.property(anyContent, (content) => {
        const copy = codec.decode(codec.encode(content));
        if (!isSame(copy, content)) expect(copy).toEqual(content);
      }),
      { numRuns: 5_000, examples: CONTENTS.map((content) => [content]) },
    );
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(names);
  });

  it('P6: carries through a strict layer what it carries through any other', async () => {
    await fc.assert(
      fc.asyncProperty(anyContent, async (content) => {
        const [strict, loose] = [memoryLayer({ strict: true }), memoryLayer()];
        for (const layer of [strict, loose]) await layer.send('jobs', snapshot(content));
        expect(await contents(strict, 'jobs')).toEqual(await contents(loose, 'jobs'));
      }),
      { numRuns: 200 },
    );
  });
});

const CONTENTS: readonly Content[] = [
  {},
  { bytes: Buffer.from('same'), text: 'same' },
  { '': { '0': [], length: {} } },
  { list: [2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n, 2 ** 53, Number.MIN_SAFE_INTEGER] },
];

/** Compares values of content, by kind too: bytes are no list and a bigint is no number. */
function isSame(some: unknown, other: unknown): boolean {
  if (some instanceof Uint8Array || other instanceof Uint8Array) {
    return Buffer.isBuffer(some) && Buffer.isBuffer(other) && some.equals(other);
  }
  if (typeof some !== 'object' || typeof other !== 'object' || some === null || other === null) {
    // Zero has one sign here: negative zero has a test of its own.
    return some === other;
  }
  if (Array.isArray(some) !== Array.isArray(other)) return false;
  const keys = Object.keys(some);
  return (
    keys.length === Object.keys(other).length &&
    keys.every(
      (key) => Object.hasOwn(other, key) && isSame((some as Content)[key], (other as Content)[key]),
    )
  );
}
