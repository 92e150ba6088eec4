import { reasonOf } from '@nest-channels/core';
import { ForeignLayout } from './errors.js';
import type { Keys } from './keys.js';
import type { RedisLink } from './redis-link.js';
import type { Seal } from './seal.js';

/** Is the arrangement of keys and values; another number reads nothing of this one. */
const VERSION = 1;

/** Is what proves that two processes have a key in common. */
const PROOF = 'layout';

const FORM = /^nest-channels (\d+), (shard \d+ of \d+, routing \d+), (plain$|sealed )/;

/** Is how the processes that share a prefix have arranged what they keep there. */
export class Layout {
  readonly #key: string;

  /** @param arrangement Which of how many shards this is, and by which routing. */
  constructor(
    keys: Keys,
    private readonly arrangement: string,
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
    const before = await this.#before(link, own);
    if (before === null) return;
    const isCurrent = this.#check(before);
    if (!isCurrent) await link.call('SET', this.#key, own, 'XX');
  }

  async #before(link: RedisLink, own: Buffer): Promise<Buffer | null> {
    try {
      return (await link.call('SET', this.#key, own, 'NX', 'GET')) as Buffer | null;
    } catch (error) {
      if (reasonOf(error).includes('WRONGTYPE')) throw new ForeignLayout(UNKNOWN);
      throw error;
    }
  }

  #own(): Buffer {
    const beginning = `nest-channels ${VERSION}, ${this.arrangement}, `;
    if (!this.seal) return Buffer.from(`${beginning}plain`);
    return Buffer.concat([
      Buffer.from(`${beginning}sealed `),
      this.seal.seal(Buffer.from(PROOF), PROOF),
    ]);
  }

  /** Says whether it needs no other proof: one of the oldest keys has to go at some time. */
  #check(before: Buffer): boolean {
    const match = FORM.exec(before.toString('latin1'));
    if (match?.[1] !== String(VERSION)) throw new ForeignLayout(UNKNOWN);
    const [beginning, , arrangement, how] = match;
    if (arrangement !== this.arrangement) {
      throw new ForeignLayout(`for the others this is ${arrangement}, here ${this.arrangement}`);
    }
    const isSealed = how !== 'plain';
    if (this.seal) return this.#checkProof(this.seal, isSealed, before.subarray(beginning.length));
    if (isSealed) throw new ForeignLayout('the others encrypt, and this layer has no key');
    return true;
  }

  #checkProof(seal: Seal, isSealed: boolean, proof: Buffer): boolean {
    if (!isSealed) throw new ForeignLayout('the others do not encrypt, and this layer does');
    try {
      seal.open(proof, PROOF);
    } catch (error) {
      throw new ForeignLayout(`the others have other keys: ${reasonOf(error)}`);
    }
    return seal.isCurrent(proof);
  }
}

const UNKNOWN = 'something else, or another version of this layer, keeps its keys there';
