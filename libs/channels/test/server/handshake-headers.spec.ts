import { describe, expect, it } from '@jest/globals';
import { InvalidHandshake } from '../../src/errors.js';
import { assertHeaders, readHeaders } from '../../src/server/handshake-headers.js';

const HOST = ['Host', 'localhost'];

function refusalOf(raw: string[], maxHeaders = 100): InvalidHandshake | undefined {
  try {
    assertHeaders(raw, maxHeaders);
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidHandshake);
    return error as InvalidHandshake;
  }
  return undefined;
}

describe('assertHeaders', () => {
  it('takes tabs, bytes beyond ASCII and nothing as values', () => {
    expect(refusalOf([...HOST, 'X-A', 'a\tb', 'X-B', 'caf\xe9', 'X-C', ''])).toBeUndefined();
  });

  it.each([0, 8, 0x0a, 0x0b, 0x0c, 0x0d, 0x1b, 0x1c, 0x1d, 0x1e, 0x1f, 0x7f, 0x85])(
    'refuses the byte %i in a value with 400, and names the header',
    (code) => {
      const raw = [...HOST, 'X-Name', `a${String.fromCharCode(code)}X-Admin: 1`];
      expect(refusalOf(raw)).toMatchObject({
        status: 400,
        message: 'expected no control character in the header x-name',
      });
    },
  );

  it.each([
    ['none', ['X-A', '1'], 0],
    ['two', [...HOST, 'host', 'evil.example'], 2],
    ['the same one twice', [...HOST, ...HOST], 2],
  ])('refuses other than one Host with 400: %s', (_what, raw, count) => {
    expect(refusalOf(raw)).toMatchObject({
      status: 400,
      message: `expected one Host, got ${count}`,
    });
  });

  it('counts repeated headers one by one, and refuses too many with 431', () => {
    expect(refusalOf([...HOST, 'A', '1', 'A', '2'], 3)).toBeUndefined();
    expect(refusalOf([...HOST, 'A', '1', 'A', '2', 'A', '3'], 3)).toMatchObject({ status: 431 });
  });
});

describe('readHeaders', () => {
  const namesOf = (raw: string[]): string[] =>
    readHeaders(raw).map(([name]) => Buffer.from(name).toString());

  it('leaves out names with an underscore, which some readers take for a dash', () => {
    const raw = [...HOST, 'X_Forwarded_For', '1.2.3.4', '__proto__', 'x', 'X-Real-IP', '5.6.7.8'];
    expect(namesOf(raw)).toEqual(['host', 'x-real-ip']);
  });

  it('keeps names that mean something to objects as data', () => {
    const raw = ['constructor', 'a', 'toString', 'b', 'hasOwnProperty', 'c'];
    expect(namesOf(raw)).toEqual(['constructor', 'tostring', 'hasownproperty']);
  });
});
