import { describe, expect, it } from '@jest/globals';
import { errorFrame, readEnvelope } from '../../src/consumers/envelope.js';
import { InvalidEnvelope } from '../../src/errors.js';

describe('readEnvelope', () => {
  it.each([
    [
      { stream: 'a', payload: { b: 1 } },
      { stream: 'a', payload: { b: 1 } },
    ],
    [
      { stream: '', payload: null, more: 1 },
      { stream: '', payload: null },
    ],
  ])('reads %p', (value, envelope) => {
    expect(readEnvelope(value)).toEqual(envelope);
  });

  it.each([
    [undefined],
    [null],
    ['text'],
    [[]],
    [{}],
    [{ payload: 1 }],
    [{ stream: 1, payload: 1 }],
    [{ stream: 'a' }],
  ])('refuses %p', (value) => {
    expect(() => readEnvelope(value)).toThrow(InvalidEnvelope);
  });

  it('tells which stream a refused envelope was for', () => {
    expect(() => readEnvelope({ stream: 'a' })).toThrow(expect.objectContaining({ stream: 'a' }));
  });
});

describe('errorFrame', () => {
  const error = { code: 'CODE', message: 'what' };

  it('tells code, message and stream', () => {
    expect(errorFrame({ ...error, stream: 'a' })).toEqual({ stream: 'a', error });
    expect(errorFrame(error)).toEqual({ error });
  });

  it('does not tell a long name back', () => {
    expect(errorFrame({ ...error, stream: 'x'.repeat(101) })).toEqual({ error });
  });
});
