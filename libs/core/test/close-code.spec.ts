import { describe, expect, it } from '@jest/globals';
import { assertClose, InvalidClose } from '@nest-channels/core';
import { expectThrown } from './support/failure.js';

/** The codes a close frame may carry by RFC 6455 and its registry, one by one. */
const SENDABLE = new Set([
  1000,
  1001,
  1002,
  1003,
  1007,
  1008,
  1009,
  1010,
  1011,
  1012,
  1013,
  1014,
  ...Array.from({ length: 2_000 }, (_, index) => 3_000 + index),
]);

describe('assertClose', () => {
  it('takes exactly the sendable codes among all from -1 to 6,000', () => {
    const taken = new Set<number>();
    for (let code = -1; code <= 6_000; code++) {
      try {
        assertClose(code);
        taken.add(code);
      } catch (error) {
        if (!(error instanceof InvalidClose)) throw error;
      }
    }
    expect(taken).toEqual(SENDABLE);
  });

  it.each([0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 1000.5, NaN, Infinity, -1000, 66_536])(
    'refuses code %p and says which are possible',
    (code) => {
      const error = expectThrown(InvalidClose, () => assertClose(code));
      expect(error.message).toContain(`code ${code} is not one of 1000-1003, 1007-1014`);
    },
  );

  it.each([
    ['no reason', ''],
    ['123 letters', 'x'.repeat(123)],
    ['41 characters of three bytes', '☃'.repeat(41)],
  ])('takes %s', (_, reason) => {
    expect(() => assertClose(1000, reason)).not.toThrow();
  });

  it.each([
    ['124 letters', 'x'.repeat(124), 124],
    ['62 characters of two bytes', 'é'.repeat(62), 124],
    ['31 characters of four bytes', '🏔'.repeat(31), 124],
  ])('refuses a reason of %s', (_, reason, bytes) => {
    const error = expectThrown(InvalidClose, () => assertClose(1000, reason));
    expect(error.message).toContain(`the reason has ${bytes} bytes, at most 123 fit`);
  });
});
