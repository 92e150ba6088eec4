/** Is what a parcel says of one message. */
export interface Parcelled {
  /** Is what follows the prefix in the name of its channel; empty for a normal channel. */
  readonly localPart: string;
  readonly body: Uint8Array;
}

const LOCAL_LENGTH_BYTES = 1;
const BODY_LENGTH_BYTES = 4;

/**
 * Joins messages of one non-local name: Redis and its clients handle one long text sooner than many.
 *
 * For each: length of the local part (1 byte), local part, length of the body (4 bytes), body.
 */
export function pack(messages: readonly Parcelled[]): Buffer {
  const parcel = Buffer.allocUnsafe(messages.reduce((sum, each) => sum + lengthOf(each), 0));
  let at = 0;
  for (const { localPart, body } of messages) {
    at = parcel.writeUInt8(localPart.length, at);
    at += parcel.write(localPart, at, 'latin1');
    at = parcel.writeUInt32BE(body.length, at);
    parcel.set(body, at);
    at += body.length;
  }
  return parcel;
}

/** Reads a parcel, or returns nothing if it is none; bodies are views of it. */
export function unpack(parcel: Buffer): (Parcelled & { readonly body: Buffer })[] | undefined {
  const messages = [];
  let at = 0;
  while (at < parcel.length) {
    const localEnd = at + LOCAL_LENGTH_BYTES + parcel[at];
    const bodyAt = localEnd + BODY_LENGTH_BYTES;
    if (bodyAt > parcel.length) return undefined;
    const end = bodyAt + parcel.readUInt32BE(localEnd);
    if (end > parcel.length) return undefined;
    const localPart = parcel.toString('latin1', at + LOCAL_LENGTH_BYTES, localEnd);
    messages.push({ localPart, body: parcel.subarray(bodyAt, end) });
    at = end;
  }
  return messages;
}

function lengthOf({ localPart, body }: Parcelled): number {
  return LOCAL_LENGTH_BYTES + localPart.length + BODY_LENGTH_BYTES + body.length;
}
