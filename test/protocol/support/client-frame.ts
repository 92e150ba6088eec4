import { randomBytes } from 'node:crypto';

/** Is what a frame is for (RFC 6455 §5.2). */
export const Opcode = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** Says how a frame differs from the good one that a client would send. */
export interface FrameOptions {
  /** `false` says that more fragments follow. */
  readonly fin?: boolean;
  /** Are the three reserved bits as a number from 0 to 7. */
  readonly rsv?: number;
  /** Is the mask; four random bytes if absent, and `false` sends the payload unmasked. */
  readonly mask?: Buffer | false;
  /** Is the length that the header says, instead of the payload's. */
  readonly declaredLength?: number | bigint;
  /** Is in how many bits the header says it: 7, 16 or 64; the fewest possible if absent. */
  readonly lengthBits?: 7 | 16 | 64;
}

/** Returns the bytes of one frame as a client sends it. */
export function frame(
  opcode: number,
  payload: string | Uint8Array = '',
  options: FrameOptions = {},
): Buffer {
  const data = Buffer.from(payload as string);
  const { fin = true, rsv = 0, mask = randomBytes(4) } = options;
  const length = lengthField(BigInt(options.declaredLength ?? data.length), options.lengthBits);
  if (mask) length[0] |= 0x80;
  const first = Buffer.from([(fin ? 0x80 : 0) | (rsv << 4) | opcode]);
  if (!mask) return Buffer.concat([first, length, data]);
  for (let index = 0; index < data.length; index++) data[index] ^= mask[index & 3];
  return Buffer.concat([first, length, mask, data]);
}

export const text = (payload: string | Uint8Array = '', options?: FrameOptions): Buffer =>
  frame(Opcode.text, payload, options);

export const binary = (payload: string | Uint8Array = '', options?: FrameOptions): Buffer =>
  frame(Opcode.binary, payload, options);

export const continuation = (payload: string | Uint8Array = '', options?: FrameOptions): Buffer =>
  frame(Opcode.continuation, payload, options);

export const ping = (payload: string | Uint8Array = '', options?: FrameOptions): Buffer =>
  frame(Opcode.ping, payload, options);

export const pong = (payload: string | Uint8Array = '', options?: FrameOptions): Buffer =>
  frame(Opcode.pong, payload, options);

/** Returns a close frame with a code and a reason, which need not be text. */
export function close(code = 1000, reason: string | Uint8Array = ''): Buffer {
  return frame(Opcode.close, closePayload(code, reason));
}

export function closePayload(code: number, reason: string | Uint8Array = ''): Buffer {
  return Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason as string)]);
}

/** Returns the frames of one message in fragments of a size. */
export function fragments(opcode: number, payload: string | Uint8Array, size: number): Buffer[] {
  const parts = slices(Buffer.from(payload as string), size);
  return parts.map((part, index) => {
    const fin = index === parts.length - 1;
    return frame(index === 0 ? opcode : Opcode.continuation, part, { fin });
  });
}

/** Cuts bytes into slices of a size, the last one of what is left. */
export function slices(bytes: Buffer, size: number): Buffer[] {
  const count = Math.ceil(bytes.length / size);
  return Array.from({ length: count }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
}

function lengthField(length: bigint, bits = fewestBits(length)): Buffer {
  if (bits === 7) return Buffer.from([Number(length)]);
  const field = Buffer.alloc(bits === 16 ? 3 : 9);
  field[0] = bits === 16 ? 126 : 127;
  if (bits === 16) field.writeUInt16BE(Number(length), 1);
  else field.writeBigUInt64BE(length, 1);
  return field;
}

function fewestBits(length: bigint): 7 | 16 | 64 {
  if (length < 126n) return 7;
  return length < 65_536n ? 16 : 64;
}
