import { CONTENT_DEPTH_LIMIT } from './content.js';
import { MalformedMessage } from './errors.js';

/**
 * Throws unless bytes are one MessagePack map that is safe to decode.
 *
 * Looks at type bytes and lengths only: a few bytes can declare billions of elements or nest
 * without end, and a decoder would allocate or recurse before it notices. Keys have to be text and
 * types that content does not have are refused.
 *
 * @throws MalformedMessage `CHANNELS_MESSAGE_MALFORMED`
 */
export function assertDecodable(bytes: Uint8Array): void {
  const scan = new Scan(bytes);
  if (!scan.isMap()) throw new MalformedMessage('it is not a map');
  scan.value(0);
  if (!scan.isAtEnd) throw new MalformedMessage('bytes follow its end');
}

class Scan {
  readonly #view: DataView;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.#offset === this.#view.byteLength;
  }

  isMap(): boolean {
    const type = this.#view.byteLength > 0 ? this.#view.getUint8(0) : 0;
    return type >> 4 === 0x8 || type === 0xde || type === 0xdf;
  }

  value(depth: number): void {
    if (depth > CONTENT_DEPTH_LIMIT + 1) {
      throw new MalformedMessage(`it is nested deeper than ${CONTENT_DEPTH_LIMIT}`);
    }
    const type = this.#unsigned(1);
    if (type < 0x80 || type >= 0xe0) return;
    if (type < 0x90) return this.#map(type & 0x0f, depth);
    if (type < 0xa0) return this.#array(type & 0x0f, depth);
    if (type < 0xc0) return this.#skip(type & 0x1f);
    this.#long(type, depth);
  }

  #long(type: number, depth: number): void {
    switch (type) {
      case 0xc0: // nil
      case 0xc2: // false
      case 0xc3: // true
        return;
      case 0xc4: // bin 8
      case 0xd9: // str 8
        return this.#skip(this.#unsigned(1));
      case 0xc5: // bin 16
      case 0xda: // str 16
        return this.#skip(this.#unsigned(2));
      case 0xc6: // bin 32
      case 0xdb: // str 32
        return this.#skip(this.#unsigned(4));
      case 0xca: // float 32
      case 0xce: // uint 32
      case 0xd2: // int 32
        return this.#skip(4);
      case 0xcb: // float 64
      case 0xcf: // uint 64
      case 0xd3: // int 64
        return this.#skip(8);
      case 0xcc: // uint 8
      case 0xd0: // int 8
        return this.#skip(1);
      case 0xcd: // uint 16
      case 0xd1: // int 16
        return this.#skip(2);
      case 0xdc:
        return this.#array(this.#unsigned(2), depth);
      case 0xdd:
        return this.#array(this.#unsigned(4), depth);
      case 0xde:
        return this.#map(this.#unsigned(2), depth);
      case 0xdf:
        return this.#map(this.#unsigned(4), depth);
      default:
        throw new MalformedMessage(`it holds the type 0x${type.toString(16)}`);
    }
  }

  #array(length: number, depth: number): void {
    this.#assertLeft(length);
    for (let index = 0; index < length; index++) this.value(depth + 1);
  }

  #map(length: number, depth: number): void {
    this.#assertLeft(2 * length);
    for (let index = 0; index < length; index++) {
      this.#key();
      this.value(depth + 1);
    }
  }

  #key(): void {
    const type = this.#unsigned(1);
    if (type >= 0xa0 && type < 0xc0) return this.#skip(type & 0x1f);
    if (type < 0xd9 || type > 0xdb) throw new MalformedMessage('a key is not text');
    this.#skip(this.#unsigned(2 ** (type - 0xd9)));
  }

  #unsigned(size: number): number {
    this.#assertLeft(size);
    const offset = this.#offset;
    this.#offset += size;
    if (size === 1) return this.#view.getUint8(offset);
    return size === 2 ? this.#view.getUint16(offset) : this.#view.getUint32(offset);
  }

  #skip(length: number): void {
    this.#assertLeft(length);
    this.#offset += length;
  }

  /** Each element takes at least a byte, so more of them than bytes are a lie. */
  #assertLeft(length: number): void {
    if (length > this.#view.byteLength - this.#offset) {
      throw new MalformedMessage('it declares more than it holds');
    }
  }
}
