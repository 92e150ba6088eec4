import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { MalformedMessage } from '@nest-channels/core';
import { type Encryption, KEY_ID_BYTES, type SealingKey, sealingKeysOf } from './sealing-keys.js';

/** Begins each envelope; MessagePack content, which is a map, begins otherwise. */
const VERSION = 0xe1;

const SALT_BYTES = 16;
const COUNTER_BYTES = 6;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEADER_BYTES = 1 + KEY_ID_BYTES + SALT_BYTES + COUNTER_BYTES;
const CIPHER = 'aes-256-gcm';

/**
 * Seals messages for one target each, and opens what anybody with one of the keys sealed.
 *
 * An envelope is: version, key id, salt of the sender, counter, ciphertext and tag of AES-256-GCM. Each
 * sender derives a key of its own from a random salt and counts its nonces, so that none comes
 * twice. Prefix and target are authenticated: an envelope opens nowhere else.
 */
export class Seal {
  readonly #keys: readonly SealingKey[];
  readonly #salt = randomBytes(SALT_BYTES);
  #sealed = 0;

  /** @throws RedisOptionsInvalid `CHANNELS_REDIS_OPTIONS_INVALID` for what is no key */
  constructor(
    encryption: Encryption,
    private readonly prefix: string,
  ) {
    this.#keys = sealingKeysOf(encryption);
  }

  /** Tells whether this would be sealed with the same key now. */
  isCurrent(envelope: Buffer): boolean {
    return keyIdOf(envelope).equals(this.#keys[0].id);
  }

  seal(bytes: Uint8Array, target: string): Buffer {
    const [key] = this.#keys;
    const counter = Buffer.alloc(COUNTER_BYTES);
    counter.writeUIntBE(++this.#sealed, 0, COUNTER_BYTES);
    const header = Buffer.concat([Buffer.from([VERSION]), key.id, this.#salt, counter]);
    const cipher = createCipheriv(CIPHER, key.derive(this.#salt), nonceOf(counter));
    cipher.setAAD(this.#context(header, target));
    return Buffer.concat([header, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
  }

  /** @throws MalformedMessage `CHANNELS_MESSAGE_MALFORMED` for all that was not sealed for this target */
  open(envelope: Buffer, target: string): Buffer {
    if (envelope.length < HEADER_BYTES + TAG_BYTES || envelope[0] !== VERSION) {
      throw new MalformedMessage('it is not encrypted');
    }
    const header = envelope.subarray(0, HEADER_BYTES);
    const id = keyIdOf(envelope);
    const key = this.#keys.find((each) => each.id.equals(id));
    if (!key) throw new MalformedMessage('it is encrypted with another key');
    const salt = header.subarray(1 + KEY_ID_BYTES, 1 + KEY_ID_BYTES + SALT_BYTES);
    const nonce = nonceOf(header.subarray(-COUNTER_BYTES));
    const decipher = createDecipheriv(CIPHER, key.derive(salt), nonce);
    decipher.setAAD(this.#context(header, target)).setAuthTag(envelope.subarray(-TAG_BYTES));
    try {
      const start = decipher.update(envelope.subarray(HEADER_BYTES, -TAG_BYTES));
      return Buffer.concat([start, decipher.final()]);
    } catch {
      throw new MalformedMessage('it was changed, or encrypted for another channel');
    }
  }

  /** No name contains NUL, so that prefix and target cannot run into each other. */
  #context(header: Buffer, target: string): Buffer {
    return Buffer.concat([header, Buffer.from(`${this.prefix}\0${target}`)]);
  }
}

function keyIdOf(envelope: Buffer): Buffer {
  return envelope.subarray(1, 1 + KEY_ID_BYTES);
}

function nonceOf(counter: Buffer): Buffer {
  return Buffer.concat([Buffer.alloc(NONCE_BYTES - COUNTER_BYTES), counter]);
}
