import { Codec, type Content, MalformedMessage } from '@nest-channels/core';
import type { Arrived } from './inbox.js';
import type { Seal } from './seal.js';

/** Is whom a message is for. */
export type Target = { readonly channel: string } | { readonly group: string };

const CHANNEL = 0;
const GROUP = 1;

/**
 * Turns content into what lies in Redis, and back.
 *
 * What is sealed says besides whether it is for a channel or for which group: only a mailbox tells that of
 * each message.
 */
export class Bodies {
  readonly #codec = new Codec();

  constructor(private readonly seal?: Seal) {}

  encode(content: Content, target: Target): Uint8Array {
    const bytes = this.#codec.encode(content);
    if (!this.seal) return bytes;
    if ('channel' in target) {
      return Buffer.concat([Buffer.from([CHANNEL]), this.seal.seal(bytes, `c ${target.channel}`)]);
    }
    const { group } = target;
    const head = Buffer.from([GROUP, group.length]);
    return Buffer.concat([head, Buffer.from(group), this.seal.seal(bytes, `g ${group}`)]);
  }

  /** @throws MalformedMessage `CHANNELS_MESSAGE_MALFORMED` for what is no content, or not for this target */
  decode(arrived: Arrived): Content {
    return this.#codec.decode(this.seal ? this.#opened(this.seal, arrived) : arrived.body);
  }

  #opened(seal: Seal, { body, channels, group, place }: Arrived): Buffer {
    if (body[0] === CHANNEL && group === undefined) {
      return seal.open(body.subarray(1), `c ${channels[0]}`);
    }
    if (body[0] !== GROUP) throw new MalformedMessage('it is not encrypted');
    const end = 2 + body[1];
    const named = body.toString('utf8', 2, end);
    // A mailbox names the group; a list does not, and nobody else is in its place.
    const isRight = place === undefined || named === group;
    if (!isRight) throw new MalformedMessage('it was encrypted for another group');
    return seal.open(body.subarray(end), `g ${named}`);
  }
}
