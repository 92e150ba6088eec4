import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { clip, escape, quote } from '../src/log-text.js';

describe('quote', () => {
  it.each([
    ['plain text', '/rooms/blue', '"/rooms/blue"'],
    ['letters of any script', '/räume/部屋', '"/räume/部屋"'],
    ['quotes and backslashes', 'a"b\\c', '"a\\"b\\\\c"'],
    ['line breaks', 'a\r\nb', '"a\\r\\nb"'],
    ['an escape sequence', '\u001b[31m', '"\\u001b[31m"'],
    ['the other control characters', '\u007f\u0085\u009b', '"\\u007f\\u0085\\u009b"'],
    ['line breaks of Unicode', '\u2028\u2029', '"\\u2028\\u2029"'],
    ['a turn of the direction', 'a\u202eb', '"a\\u202eb"'],
    ['half a character', '\ud800', '"\\ud800"'],
    ['an invisible tag', '\u{e0041}', '"\\udb40\\udc41"'],
  ])('keeps %s on one line that can be read back', (_what, text, quoted) => {
    expect(quote(text)).toBe(quoted);
    expect(JSON.parse(quoted)).toBe(text);
  });

  it('is one line without control characters, of bounded length, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (text) => {
        const quoted = quote(text, 100);
        expect(quoted).toMatch(/^"[^\p{C}\p{Zl}\p{Zp}]*"$/u);
        expect(Buffer.byteLength(quoted)).toBeLessThanOrEqual(105);
      }),
    );
  });
});

describe('clip', () => {
  it('leaves a text that fits', () => {
    expect(clip('a'.repeat(50), 50)).toBe('a'.repeat(50));
  });

  it('cuts what would be too long once it is quoted', () => {
    expect(clip('a'.repeat(51), 50)).toBe(`${'a'.repeat(50)}…`);
    expect(clip('\n'.repeat(30), 50)).toBe(`${'\n'.repeat(25)}…`);
    expect(clip('\u0000'.repeat(30), 50)).toBe(`${'\u0000'.repeat(8)}…`);
  });

  it('cuts no character in two', () => {
    expect(clip('🏔'.repeat(20), 50)).toBe(`${'🏔'.repeat(12)}…`);
  });
});

describe('escape', () => {
  it('leaves quotes alone', () => {
    expect(escape('{"a":"\u001b"}')).toBe('{"a":"\\u001b"}');
  });
});
