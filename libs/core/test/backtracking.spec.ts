import { describe, expect, it } from '@jest/globals';
import { attackOn } from '../src/backtracking.js';

describe('attackOn', () => {
  it.each([
    /(a+)+$/,
    /(?:a|a)*b/,
    /(\w|\d)+$/,
    /a*a*$/,
    /(?:.*)*x/,
    /\s+\s+$/,
    /(?:x+x+)+y/,
    /^(?:[a-z]+)*\d$/i,
    /(?<words>(?:\w+\s?)*)$/,
    /^\d*\d*\d*!$/g,
  ])('finds a text on which %p backtracks', (pattern) => {
    expect(attackOn(pattern)).toMatch(/./);
  });

  it.each([
    /a/,
    /^rooms\/(?<room>\w+)$/,
    /\/rooms\/(?<room>[^/]+)\/(?<user>[^/]+)$/,
    /(?<year>\d{4})-(?<month>\d\d)$/,
    /a+b+c+$/,
    /(?:ab)+$/,
    /[a-z]+@[a-z]+/i,
    /jobs|mail/g,
    /\p{L}+$/u,
    /.*/s,
    /(?:)/,
    /a{1,20}$/y,
  ])('finds none for the ordinary %p', (pattern) => {
    expect(attackOn(pattern)).toBeUndefined();
  });

  it('takes a pattern as it is looked for: at the start and nowhere else', () => {
    expect(attackOn(/a+$/)).toBeUndefined();
    expect(attackOn(/[^/]+\/x/)).toBeUndefined();
  });

  it('does not change the pattern', () => {
    const pattern = /jobs/g;
    pattern.lastIndex = 3;
    attackOn(pattern);
    expect(pattern.lastIndex).toBe(3);
  });
});
