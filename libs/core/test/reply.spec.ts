import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { InvalidContent, isRefusalStatus } from '@nest-channels/core';
import * as fc from 'fast-check';
import { replyFor } from '../src/reply.js';
import { expectThrown } from './support/failure.js';

const circular: Record<string, unknown> = {};
circular['self'] = circular;

describe('replyFor', () => {
  it('gives text as it is, empty text too', () => {
    expect(replyFor('hi ☃')).toEqual({ text: 'hi ☃' });
    expect(replyFor('')).toEqual({ text: '' });
  });

  it('gives bytes as they are, empty ones and those of another realm too', () => {
    const foreign: unknown = runInNewContext('new Uint8Array([1, 2])');
    for (const bytes of [Buffer.from('x'), Uint8Array.of(1), new Uint8Array(), foreign]) {
      expect(replyFor(bytes)).toEqual({ bytes });
    }
  });

  it.each<readonly [unknown, string]>([
    [null, 'null'],
    [0, '0'],
    [false, 'false'],
    [[], '[]'],
    [{ a: { b: 'c' } }, '{"a":{"b":"c"}}'],
    [{ toJSON: () => 'short' }, '"short"'],
  ])('gives %p as the JSON text %s', (value, text) => {
    expect(replyFor(value)).toEqual({ text });
  });

  it.each<readonly [string, unknown, string]>([
    ['undefined', undefined, 'a undefined cannot be expressed as JSON'],
    ['a function', () => 1, 'a function cannot be expressed as JSON'],
    ['a symbol', Symbol('s'), 'a symbol cannot be expressed as JSON'],
    ['an object whose JSON form is nothing', { toJSON: () => undefined }, 'as JSON'],
    ['a bigint', 5n, 'BigInt'],
    ['a bigint inside', { deep: [5n] }, 'BigInt'],
    ['a circular object', circular, 'circular'],
    [
      'an object that fails to give its JSON form',
      {
        toJSON: () => {
          throw new Error('lazy relation');
        },
      },
      'lazy relation',
    ],
  ])('refuses %s', (_, value, problem) => {
    const error = expectThrown(InvalidContent, () => replyFor(value));
    expect(error.path).toBe('the reply');
    expect(error.message).toContain(problem);
  });

  it('gives any JSON value as a text that parses to it', () => {
    fc.assert(
      fc.property(
        fc.jsonValue().filter((value) => typeof value !== 'string'),
        (value) => {
          const { text } = replyFor(value);
          expect(JSON.stringify(JSON.parse(text ?? ''))).toBe(JSON.stringify(value));
        },
      ),
    );
  });
});

describe('isRefusalStatus', () => {
  it('is true for exactly the statuses from 300 to 599', () => {
    const statuses = Array.from({ length: 1_200 }, (_, index) => index - 100);
    const refusals = Array.from({ length: 300 }, (_, index) => index + 300);
    expect(statuses.filter((status) => isRefusalStatus(status))).toEqual(refusals);
  });

  it.each<unknown>([403.5, NaN, Infinity, '403', 403n, null, undefined, [403], Object(403)])(
    'is false for %p',
    (value) => {
      expect(isRefusalStatus(value)).toBe(false);
    },
  );
});
