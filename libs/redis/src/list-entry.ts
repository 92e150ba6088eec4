import type { Arrived } from './inbox.js';

const TIME_BYTES = 8;

/** Reads an entry of a list: when it was sent, and its body; nothing if it is none of ours. */
export function readListEntry(name: string, entry: Buffer): Arrived | undefined {
  if (entry.length <= TIME_BYTES) return undefined;
  const [sentAt, body] = [entry.readDoubleBE(0), entry.subarray(TIME_BYTES)];
  return { channels: [name], sentAt, body };
}

/** Writes an entry of a list. */
export function writeListEntry({ sentAt, body }: Arrived): Buffer {
  const time = Buffer.alloc(TIME_BYTES);
  time.writeDoubleBE(sentAt);
  return Buffer.concat([time, body]);
}
