import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { SealingKey, sealingKeysOf } from '../src/sealing-keys.js';

const secret = randomBytes(32);

describe('sealingKeysOf', () => {
  it.each([
    ['bytes', secret],
    ['base64', secret.toString('base64')],
    ['base64 for URLs', secret.toString('base64url')],
    ['hexadecimal digits', secret.toString('hex')],
  ])('reads %s', (_how, key) => {
    expect(sealingKeysOf({ keys: [key] })[0].id).toEqual(new SealingKey(secret).id);
  });

  it.each([
    ['no key', [], '"encryption" has no key'],
    [
      'a passphrase',
      [secret, 'correct horse'],
      'key 2 of "encryption" to be 32 random bytes, got 9',
    ],
    ['a key of AES-128', [randomBytes(16)], 'got 16'],
    ['a key that is not random', [Buffer.alloc(32, 'abc')], 'key 1 of "encryption" is not random'],
  ])('refuses %s', (_what, keys, problem) => {
    expect(() => sealingKeysOf({ keys })).toThrow(
      expect.objectContaining({
        code: 'CHANNELS_REDIS_OPTIONS_INVALID',
        message: expect.stringContaining(problem),
      }),
    );
  });
});

describe('SealingKey', () => {
  it('derives a key for each sender, the same each time', () => {
    const key = new SealingKey(secret);
    const [one, other] = [randomBytes(16), randomBytes(16)];
    expect(key.derive(one)).toHaveLength(32);
    expect(new SealingKey(secret).derive(one)).toEqual(key.derive(one));
    expect(key.derive(other)).not.toEqual(key.derive(one));
  });

  it('keeps no more derived keys than of a thousand senders', () => {
    const key = new SealingKey(secret);
    const salt = randomBytes(16);
    const first = key.derive(salt);
    for (let sender = 0; sender < 1_000; sender++) key.derive(randomBytes(16));
    expect(key.derive(salt)).not.toBe(first);
    expect(key.derive(salt)).toEqual(first);
  });
});
