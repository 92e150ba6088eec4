import { type Options, Packr } from 'msgpackr';
import type { Content } from './content.js';
import { MalformedMessage, reasonOf } from './errors.js';
import { assertDecodable } from './message-pack-scan.js';

// The declarations of msgpackr do not know "auto": a number where it is exact, else a bigint.
const OPTIONS = {
  useRecords: false,
  variableMapSize: true,
  mapsAsObjects: true,
  int64AsType: 'auto',
  // A key of that name is content as any other, not a method to call.
  useToJSON: false,
};

/**
 * Turns content into MessagePack bytes and back.
 *
 * Bytes and text stay distinct; integers beyond 2^53 come back as `bigint`, smaller ones as number.
 * Each message stands for itself: no records, no state between two.
 */
export class Codec {
  readonly #packr = new Packr(OPTIONS as Options);

  encode(content: Content): Uint8Array {
    return this.#packr.pack(content);
  }

  /**
   * Reads a message that anybody may have written.
   *
   * Its depth and the lengths it declares are checked before anything is decoded.
   *
   * @throws MalformedMessage `CHANNELS_MESSAGE_MALFORMED`
   */
  decode(bytes: Uint8Array): Content {
    assertDecodable(bytes);
    try {
      return this.#packr.unpack(bytes) as Content;
    } catch (error) {
      throw new MalformedMessage(reasonOf(error));
    }
  }
}
