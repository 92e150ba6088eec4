import { describe, expect, it } from '@jest/globals';
import { asNodeHeaders, headerOf, headersOf } from '../src/message-headers.js';

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const headers = [
  ['cookie', 'a=1'],
  ['origin', 'https://app.example'],
  ['cookie', 'b=2'],
  ['x-hop', 'one'],
  ['x-hop', 'two'],
].map(([name, value]) => [bytes(name), bytes(value)] as const);

describe('the headers of a message', () => {
  it('are listed by name, in their order', () => {
    expect(headersOf(headers, 'cookie')).toEqual(['a=1', 'b=2']);
    expect(headersOf(headers, 'host')).toEqual([]);
  });

  it('are joined as Node joins them', () => {
    expect(headerOf(headers, 'cookie')).toBe('a=1; b=2');
    expect(headerOf(headers, 'x-hop')).toBe('one, two');
    expect(headerOf(headers, 'host')).toBeUndefined();
  });

  it('become an object', () => {
    expect(asNodeHeaders(headers)).toEqual({
      cookie: 'a=1; b=2',
      origin: 'https://app.example',
      'x-hop': 'one, two',
    });
  });
});
