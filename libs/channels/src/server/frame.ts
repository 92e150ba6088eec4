import { Buffer } from 'node:buffer';

const FINAL_TEXT = 0x81;
const FINAL_BINARY = 0x82;
const SHORT = 125;
const LONG = 0xffff;

/**
 * Is one message of the server, encoded for the wire when first needed and then shared.
 *
 * The members of a group are written the same bytes: a server's frames are not masked (RFC 6455
 * §5.1).
 */
export class Frame {
  #wire?: Buffer;

  constructor(readonly data: string | Uint8Array) {}

  get isEmpty(): boolean {
    return this.data.length === 0;
  }

  /** Is the frame's header and payload; nobody may write to it. */
  get wire(): Buffer {
    return (this.#wire ??= encode(this.data));
  }
}

function encode(data: string | Uint8Array): Buffer {
  return typeof data === 'string' ? encodeText(data) : encodeBinary(data);
}

function encodeText(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const frame = Buffer.allocUnsafe(headerLength(length) + length);
  frame.write(text, writeHeader(frame, FINAL_TEXT, length));
  return frame;
}

function encodeBinary(bytes: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(headerLength(bytes.length) + bytes.length);
  frame.set(bytes, writeHeader(frame, FINAL_BINARY, bytes.length));
  return frame;
}

function headerLength(length: number): number {
  if (length <= SHORT) return 2;
  return length <= LONG ? 4 : 10;
}

/** Writes opcode and length (RFC 6455 §5.2) and returns where the payload begins. */
function writeHeader(frame: Buffer, opcode: number, length: number): number {
  frame[0] = opcode;
  if (length <= SHORT) {
    frame[1] = length;
    return 2;
  }
  if (length <= LONG) {
    frame[1] = SHORT + 1;
    return frame.writeUInt16BE(length, 2);
  }
  frame[1] = SHORT + 2;
  frame.writeUInt32BE(Math.floor(length / 2 ** 32), 2);
  return frame.writeUInt32BE(length % 2 ** 32, 6);
}
