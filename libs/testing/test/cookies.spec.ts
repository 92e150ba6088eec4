import { describe, expect, it } from '@jest/globals';
import { cookieHeader, cookiesOf } from '../src/cookies.js';

const GONE = 'gone=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT';

describe('cookieHeader', () => {
  it('joins cookies, and encodes what a value cannot hold', () => {
    expect(cookieHeader({ a: '1', b: 'x y;"%ü,\\' })).toBe('a=1; b=x%20y%3B%22%25%C3%BC%2C%5C');
    expect(cookieHeader({ sid: 's:abc.d/e+f==' })).toBe('sid=s:abc.d/e+f==');
  });

  it('is nothing without cookies', () => {
    expect(cookieHeader({})).toBeUndefined();
  });
});

describe('cookiesOf', () => {
  it('reads what an answer sets and takes back', () => {
    const lines = ['sid=s%3Aabc; Path=/; HttpOnly', 'old=; Max-Age=0', 'plain=1', GONE];
    expect(cookiesOf(lines)).toEqual({ sid: 's:abc', old: null, plain: '1', gone: null });
  });
});
