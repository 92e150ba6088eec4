import { describe, expect, it } from '@jest/globals';
import { FlagValues } from '../../src/command-line/flag-values.js';
import { CommandLineInvalid } from '../../src/errors.js';

const given = (...words: string[]): FlagValues =>
  new FlagValues(new Map([['flag', { source: '--flag', words }]]));

describe('FlagValues', () => {
  it('knows nothing of what was not given', () => {
    const values = new FlagValues(new Map());
    expect(values.has('flag')).toBe(false);
    expect(values.list('flag')).toBeUndefined();
    expect(values.text('flag')).toBeUndefined();
    expect(values.seconds('flag')).toBeUndefined();
    expect(values.wholeNumber('flag', { from: 0, to: 9 })).toBeUndefined();
    expect(values.oneOf('flag', ['a'])).toBeUndefined();
  });

  it('reads all words as a list, and the last as the value', () => {
    expect(given('a', 'b').list('flag')).toEqual(['a', 'b']);
    expect(given('a', 'b').text('flag')).toBe('b');
  });

  it.each([
    ['0', 0],
    ['9', 9],
  ])('reads %j as a whole number', (word, number) => {
    expect(given(word).wholeNumber('flag', { from: 0, to: 9 })).toBe(number);
  });

  it.each(['10', '-1', '1.5', 'x', '', '1e0', '0x1'])('refuses %j as one from 0 to 9', (word) => {
    const read = (): unknown => given(word).wholeNumber('flag', { from: 0, to: 9 });
    expect(read).toThrow(
      new CommandLineInvalid(
        `--flag: expected a whole number from 0 to 9, got ${JSON.stringify(word)}`,
      ),
    );
  });

  it.each([
    ['20', 20_000],
    ['0.5', 500],
  ])('reads %j seconds as milliseconds', (word, ms) => {
    expect(given(word).seconds('flag')).toBe(ms);
  });

  it.each(['0', '-1', '20s', 'Infinity', '.', ''])('refuses %j as seconds', (word) => {
    expect(() => given(word).seconds('flag')).toThrow(
      `--flag: expected a number of seconds over 0, got ${JSON.stringify(word)}`,
    );
  });

  it('reads one of some words, and names them to who gave another', () => {
    expect(given('text').oneOf('flag', ['text', 'json', 'off'])).toBe('text');
    expect(() => given('xml').oneOf('flag', ['text', 'json', 'off'])).toThrow(
      '--flag: expected text, json or off, got "xml"',
    );
  });
});
