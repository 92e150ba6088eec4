import { reasonOf } from '@nest-channels/core';
import { ForeignLayout } from './errors.js';
import type { Keys } from './keys.js';
import type { RedisLink } from './redis-link.js';
import type { Seal } from './seal.js';

/** Is the arrangement of keys and values; another number reads nothing of this one. */
const VERSION = 1;

const PLAIN = `nest-channels ${VERSION} plain`;
const SEALED = `nest-channels ${VERSION} sealed `;

/** Is what proves that two processes have a key in common. */
const PROOF = 'layout';

/** Is how the processes that share a prefix have arranged what they keep there. */
export class Layout {
  readonly #key: string;

  constructor(
    keys: Keys,
    private readonly seal?: Seal,
  ) {
    this.#key = keys.layout;
  }

  /**
   * Agrees with those that were here before, or is the first.
   *
   * @throws ForeignLayout `CHANNELS_REDIS_LAYOUT_FOREIGN` where they arranged it in another way
   */
  async agree(link: RedisLink): Promise<void> {
    const own = this.#own();
    const before = (await link.call('SET', this.#key, own, 'NX', 'GET')) as Buffer | null;
    if (before === null) return;
    const isCurrent = this.#check(before);
    if (!isCurrent) await link.call('SET', this.#key, own, 'XX');
  }

  #own(): Buffer {
    if (!this.seal) return Buffer.from(PLAIN);
    return Buffer.concat([Buffer.from(SEALED), this.seal.seal(Buffer.from(PROOF), PROOF)]);
  }

  /** Says whether it needs no other proof: one of the oldest keys has to go at some time. */
  #check(before: Buffer): boolean {
    const isSealed = before.toString('latin1', 0, SEALED.length) === SEALED;
    if (!isSealed && before.toString('latin1') !== PLAIN) throw new ForeignLayout(UNKNOWN);
    if (!this.seal) {
      if (isSealed) throw new ForeignLayout('the others encrypt, and this layer has no key');
      return true;
    }
    if (!isSealed) throw new ForeignLayout('the others do not encrypt, and this layer does');
    const proof = before.subarray(SEALED.length);
    try {
      this.seal.open(proof, PROOF);
    } catch (error) {
      throw new ForeignLayout(`the others have other keys: ${reasonOf(error)}`);
    }
    return this.seal.isCurrent(proof);
  }
}

const UNKNOWN = 'something else, or another version of this layer, keeps its keys there';
