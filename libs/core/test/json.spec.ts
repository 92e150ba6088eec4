import { describe, expect, it, jest } from '@jest/globals';
import { decodeJson, JSON_LIMITS, MalformedJson } from '@nest-channels/core';
import * as fc from 'fast-check';
import { expectThrown } from './support/failure.js';

/** Returns the refusal of JSON, which has to come before anything is decoded. */
function refusal(json: string | Uint8Array): MalformedJson {
  const parse = jest.spyOn(JSON, 'parse');
  const error = expectThrown(MalformedJson, () => decodeJson(json));
  expect(parse).not.toHaveBeenCalled();
  parse.mockRestore();
  return error;
}

describe('decodeJson', () => {
  it('reads text and bytes alike', () => {
    const value = { text: 'hé', list: [1, -0.5, 1e3, true, null, { a: {} }] };
    expect(decodeJson(JSON.stringify(value))).toEqual(value);
    expect(decodeJson(Buffer.from(JSON.stringify(value)))).toEqual(value);
    expect(decodeJson(' 42 ')).toBe(42);
  });

  it('returns what JSON.parse returns, for any value', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        fc.pre(!/proto/.test(json));
        expect(decodeJson(json)).toEqual(JSON.parse(json));
        expect(decodeJson(Buffer.from(json))).toEqual(JSON.parse(json));
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ['as text', (json: string) => json],
    ['as bytes', (json: string) => Buffer.from(json)],
  ])('takes 128 KiB %s and no more', (_what, form) => {
    const most = `"${'é'.repeat(JSON_LIMITS.bytes / 2 - 1)}"`;
    expect(decodeJson(form(most))).toHaveLength(JSON_LIMITS.bytes / 2 - 1);
    expect(refusal(form(`${most} `)).message).toBe(
      'Cannot read JSON: it is longer than 131072 bytes.',
    );
  });

  it.each([
    ['1 MiB of {}', `[${'{},'.repeat(349_524)}{}]`],
    ['100,000 keys', `{${Array.from({ length: 100_000 }, (_, key) => `"${key}":0`).join()}}`],
    ['20,000 keys in 128 KiB', `{${Array.from({ length: 20_000 }, () => '"":0').join()}}`],
    ['a depth of 100,000', '['.repeat(100_000)],
    ['a depth of 65', '['.repeat(65) + ']'.repeat(65)],
    ['a prototype', '{"__proto__":{"admin":true}}'],
    ['no JSON', 'hello'],
  ])('refuses %s before it decodes', (_what, json) => {
    refusal(json);
    refusal(Buffer.from(json));
  });

  it.each([
    ['bytes that are not UTF-8', Uint8Array.from([0x22, 0xff, 0x22]), 'not UTF-8'],
    ['a byte order mark', Uint8Array.from([0xef, 0xbb, 0xbf, 0x31]), 'at position 0'],
  ])('refuses %s', (_what, bytes, problem) => {
    expect(refusal(bytes).message).toContain(problem);
  });

  it('quotes nothing of what came', () => {
    expect(refusal('{"password": secret}').message).not.toContain('secret');
  });
});
