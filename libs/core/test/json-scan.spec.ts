import { describe, expect, it } from '@jest/globals';
import { MalformedJson } from '@nest-channels/core';
import * as fc from 'fast-check';
import { assertJson } from '../src/json-scan.js';
import { expectThrown } from './support/failure.js';

const refusal = (text: string): MalformedJson =>
  expectThrown(MalformedJson, () => assertJson(text));

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
const objectOf = (keys: number): string =>
  `{${Array.from({ length: keys }, (_, index) => `"k${index}":0`).join()}}`;
const arrayOf = (elements: number): string => `[${Array(elements).fill('0').join()}]`;

describe('assertJson', () => {
  it.each([
    ['', 'a value was expected', 0],
    ['  ', 'a value was expected', 2],
    ['nul', 'a value was expected', 0],
    ['+1', 'a value was expected', 0],
    ['[-]', 'a value was expected', 1],
    ['[1.]', 'a value was expected', 1],
    ['[1e]', 'a value was expected', 1],
    ['[.5]', 'a value was expected', 1],
    ['[NaN]', 'a value was expected', 1],
    ['[1,]', 'a value was expected', 3],
    ['01', 'something follows its end', 1],
    ['{} {}', 'something follows its end', 3],
    ['[1 2]', '"," or "]" was expected', 3],
    ['[1', '"," or "]" was expected', 2],
    ['{"a":1', '"," or "}" was expected', 6],
    ['{"a" 1}', '":" was expected', 5],
    ['{a:1}', 'a key is missing', 1],
    ['{"a":1,}', 'a key is missing', 7],
    ['"open', 'a text is not closed', 5],
    ['"a\nb"', 'a text is not closed', 2],
    ['"\\x"', 'an escape is unknown', 1],
    ['"\\u12g4"', 'an escape is unknown', 1],
    ['"\\', 'an escape is unknown', 1],
    ['\uFEFF1', 'a value was expected', 0],
    ['\u00A01', 'a value was expected', 0],
  ])('says where %j is no JSON', (text, problem, position) => {
    const error = refusal(text);
    expect(error.message).toBe(`Cannot read JSON: ${problem} at position ${position}.`);
    expect(error.position).toBe(position);
    expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
  });

  it.each([
    ['64 arrays in each other', nested(64), nested(65), 'nested deeper than 64'],
    ['1,000 keys', objectOf(1_000), objectOf(1_001), 'too many keys'],
    ['10,000 elements', arrayOf(10_000), arrayOf(10_001), 'too long'],
  ])('takes %s and no more', (_what, most, tooMuch, problem) => {
    assertJson(most);
    expect(refusal(tooMuch).message).toContain(problem);
  });

  it('counts the keys of each object for itself, a key that comes again too', () => {
    assertJson(`[${objectOf(900)},${objectOf(900)}]`);
    expect(refusal(`{${Array(1_001).fill('"a":0').join()}}`).message).toContain('too many keys');
  });

  it('nests objects no deeper than arrays', () => {
    assertJson('{"a":'.repeat(64) + '0' + '}'.repeat(64));
    refusal('{"a":'.repeat(65) + '0' + '}'.repeat(65));
  });

  it.each([
    '{"__proto__":1}',
    '[{"a":{"__proto__":{}}}]',
    String.raw`{"\u005f_proto__":1}`,
    '{"constructor":{"prototype":{}}}',
    String.raw`{"constructo\u0072":{"a":1,"protot\u0079pe":{}}}`,
  ])('refuses a key that leads to a prototype: %s', (text) => {
    expect(refusal(text).message).toMatch(/the key (__proto__|prototype) is not allowed at/);
  });

  it.each([
    '{"constructor":"Ferrari","prototype":"F40"}',
    '{"constructor":[{"prototype":1}]}',
    '["__proto__"]',
    '{"toString":1}',
  ])('takes %s', (text) => {
    assertJson(text);
  });

  it.each([
    ['100,000 brackets', '['.repeat(100_000)],
    ['100,000 keys', objectOf(100_000)],
    ['5,000 closing brackets too few', '{"a":'.repeat(5_000)],
  ])('refuses %s long before their end', (_what, text) => {
    expect(refusal(text).position).toBeLessThan(20_000);
  });

  it('takes exactly what JSON.parse takes', () => {
    const json = fc.json({ depthSize: 'medium' });
    const piece = fc.constantFrom(...'{}[]:,"\\-+.eE01 \n\tu'.split(''), 'true', 'null', '"a"');
    const near = fc.tuple(json, fc.nat(), piece).map(([text, place, more]) => {
      const at = place % (text.length + 1);
      return text.slice(0, at) + more + text.slice(at + (place % 2));
    });
    const soup = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(fc.oneof(json, near, soup), (text) => {
        fc.pre(!/proto/.test(text));
        expect(isTakenBy(assertJson, text)).toBe(isTakenBy(JSON.parse, text));
      }),
      { numRuns: 5_000 },
    );
  });
});

function isTakenBy(read: (text: string) => unknown, text: string): boolean {
  try {
    read(text);
    return true;
  } catch {
    return false;
  }
}
