import type { Arrived } from './inbox.js';
import { readListEntry } from './list-entry.js';
import { unpack } from './parcel.js';
import { after } from './stream-id.js';

/** Is what Redis handed to a process of one normal channel. */
export interface Handed {
  /** Is the number of the claim it answers. */
  readonly claim: number;
  readonly name: string;
  readonly messages: readonly Arrived[];
  /** Is how many entries of the list were no messages. */
  readonly malformed: number;
  /** Is the first entry of the stream that is needed when this one came. */
  readonly keepFrom: string;
}

/** Reads an entry of the stream of a process, as the scripts write it; nothing if it is none. */
export function readHanded(id: string, fields: readonly Buffer[]): Handed | undefined {
  const entries = fields.length === 6 ? unpack(fields[5]) : undefined;
  if (!entries) return undefined;
  const [claim, name] = [Number(fields[1]), String(fields[3])];
  const messages = entries
    .map(({ body }) => readListEntry(name, body))
    .filter((message) => message !== undefined);
  const malformed = entries.length - messages.length;
  return { claim, name, messages, malformed, keepFrom: after(id) };
}
