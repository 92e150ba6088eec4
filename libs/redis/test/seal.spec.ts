import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { Seal } from '../src/seal.js';

const [one, other] = [randomBytes(32), randomBytes(32)];
const text = Buffer.from('who is there');
const seal = new Seal({ keys: [one] }, 'app');

const malformed = (problem: string) =>
  expect.objectContaining({
    code: 'CHANNELS_MESSAGE_MALFORMED',
    message: expect.stringContaining(problem),
  });

describe('Seal', () => {
  it('opens what another process sealed with the same key for the same target', () => {
    const envelope = new Seal({ keys: [one] }, 'app').seal(text, 'jobs');
    expect(seal.open(envelope, 'jobs')).toEqual(text);
    expect(envelope.includes(text)).toBe(false);
  });

  it('seals the same text differently each time', () => {
    expect(seal.seal(text, 'jobs')).not.toEqual(seal.seal(text, 'jobs'));
  });

  it.each([
    ['for another target', () => seal.seal(text, 'mail'), 'changed, or encrypted for another'],
    ['with another prefix', () => new Seal({ keys: [one] }, 'ap').seal(text, 'pjobs'), 'changed'],
    [
      'with another key',
      () => new Seal({ keys: [other] }, 'app').seal(text, 'jobs'),
      'another key',
    ],
    [
      'not at all',
      () => Buffer.from('{"text":"who is there, and there, and there"}'),
      'not encrypted',
    ],
    ['with nothing in it', () => Buffer.alloc(0), 'not encrypted'],
  ])('does not open what was sealed %s', (_how, envelope, problem) => {
    expect(() => seal.open(envelope(), 'jobs')).toThrow(malformed(problem));
  });

  it('does not open what was changed or cut anywhere', () => {
    const envelope = seal.seal(text, 'jobs');
    for (let index = 0; index < envelope.length; index++) {
      const changed = Buffer.from(envelope);
      changed[index] ^= 1;
      expect(() => seal.open(changed, 'jobs')).toThrow(malformed(''));
      expect(() => seal.open(envelope.subarray(0, index), 'jobs')).toThrow(malformed(''));
    }
  });

  it('survives any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const envelope = Buffer.concat([Buffer.from([0xe1]), bytes]);
        expect(() => seal.open(envelope, 'jobs')).toThrow(malformed(''));
      }),
    );
  });

  it('goes from one key to the next without a message lost', () => {
    const stages = [[one], [one, other], [other, one], [other]].map(
      (keys) => new Seal({ keys }, 'app'),
    );
    for (let stage = 0; stage + 1 < stages.length; stage++) {
      const [before, after] = [stages[stage], stages[stage + 1]];
      expect(after.open(before.seal(text, 'jobs'), 'jobs')).toEqual(text);
      expect(before.open(after.seal(text, 'jobs'), 'jobs')).toEqual(text);
    }
  });

  it('tells what it would seal with another key now', () => {
    const envelope = seal.seal(text, 'jobs');
    expect(seal.isCurrent(envelope)).toBe(true);
    expect(new Seal({ keys: [other, one] }, 'app').isCurrent(envelope)).toBe(false);
  });
});
