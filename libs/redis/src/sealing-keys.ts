import { createHash, hkdfSync } from 'node:crypto';
import { RedisOptionsInvalid } from './errors.js';

/** Is how long a key is, and what is derived from it (AES-256). */
const KEY_BYTES = 32;

/** Is how many different bytes a random key has at the very least: a chance of one in 10^19. */
const LEAST_DIFFERENT = 16;

/** Is how many senders' keys are kept derived. */
const MAX_DERIVED = 1_000;

/** Is how much of its hash names a key: enough to tell a few keys apart. */
export const KEY_ID_BYTES = 4;

/** Is how messages are encrypted. */
export interface Encryption {
  /**
   * Are keys of 32 random bytes, as bytes or as a text in base64 or hexadecimal digits.
   *
   * The first one seals, all of them open: a new key comes last, then first, then alone.
   */
  readonly keys: readonly (string | Uint8Array)[];
}

/** Is one key, by the name that stands in what it sealed. */
export class SealingKey {
  readonly id: Buffer;
  readonly #secret: Buffer;
  readonly #derived = new Map<string, Buffer>();

  constructor(secret: Buffer) {
    this.#secret = secret;
    this.id = createHash('sha256')
      .update('key id')
      .update(secret)
      .digest()
      .subarray(0, KEY_ID_BYTES);
  }

  /** Derives the key of one sender (HKDF-SHA-256, RFC 5869): no two use the same with one nonce. */
  derive(salt: Buffer): Buffer {
    const name = salt.toString('latin1');
    const known = this.#derived.get(name);
    if (known) return known;
    const key = Buffer.from(hkdfSync('sha256', this.#secret, salt, 'nest-channels', KEY_BYTES));
    if (this.#derived.size >= MAX_DERIVED) this.#derived.clear();
    this.#derived.set(name, key);
    return key;
  }
}

/** Reads the keys of a layer. @throws RedisOptionsInvalid `CHANNELS_REDIS_OPTIONS_INVALID` */
export function sealingKeysOf({ keys }: Encryption): readonly SealingKey[] {
  if (keys.length === 0) throw new RedisOptionsInvalid('"encryption" has no key');
  return keys.map((key, index) => new SealingKey(secretOf(key, `key ${index + 1}`)));
}

function secretOf(key: string | Uint8Array, which: string): Buffer {
  const secret = typeof key === 'string' ? decoded(key) : Buffer.from(key);
  if (secret.length !== KEY_BYTES) {
    const expected = `${which} of "encryption" to be ${KEY_BYTES} random bytes`;
    throw new RedisOptionsInvalid(`expected ${expected}, got ${secret.length}`);
  }
  if (new Set(secret).size < LEAST_DIFFERENT) {
    throw new RedisOptionsInvalid(`${which} of "encryption" is not random: its bytes repeat`);
  }
  return secret;
}

function decoded(key: string): Buffer {
  return /^[0-9a-f]{64}$/i.test(key) ? Buffer.from(key, 'hex') : Buffer.from(key, 'base64');
}
