import type { Arrived, Place } from './inbox.js';
import { unpack } from './parcel.js';
import { after, timeOf } from './stream-id.js';

/** Is an entry in the stream of a mailbox: messages for single channels, or one for a group. */
export type MailboxEntry =
  | { readonly kind: 'parcel'; readonly messages: readonly Arrived[] }
  | { readonly kind: 'group'; readonly group: string; readonly version: number }
  | { readonly kind: 'malformed' };

const PARCEL = ['w', 'p', 'd'];
const GROUP = ['w', 'g', 'v', 'd'];

/** Reads an entry of the stream behind a prefix, as the scripts write it. */
export function readMailboxEntry(
  prefix: string,
  id: string,
  fields: readonly Buffer[],
): MailboxEntry {
  if (hasForm(fields, PARCEL)) {
    const messages = messagesIn(prefix, id, fields);
    return messages ? { kind: 'parcel', messages } : { kind: 'malformed' };
  }
  if (!hasForm(fields, GROUP)) return { kind: 'malformed' };
  return { kind: 'group', group: shortText(fields[3]), version: Number(shortText(fields[5])) };
}

/** Returns where an entry stands as a whole; what is no message of ours has no number. */
export function placeOf(id: string, fields: readonly Buffer[]): Place {
  const number = shortText(fields[0]) === 'w' ? Number(shortText(fields[1])) : 0;
  return { keepFrom: after(id), number: Number.isSafeInteger(number) ? number : 0 };
}

function messagesIn(prefix: string, id: string, fields: readonly Buffer[]): Arrived[] | undefined {
  const packed = unpack(fields[5]);
  const place = placeOf(id, fields);
  const first = place.number - (packed?.length ?? 0) + 1;
  const sentAt = timeOf(id);
  return packed?.map(({ localPart, body }, index) => ({
    channels: [prefix + localPart],
    body,
    sentAt,
    place: index === packed.length - 1 ? place : { keepFrom: id, number: first + index },
  }));
}

/** Says whether fields have these names. */
function hasForm(fields: readonly Buffer[], names: readonly string[]): boolean {
  return (
    fields.length === 2 * names.length &&
    names.every((name, index) => shortText(fields[2 * index]) === name)
  );
}

/** Reads names and numbers; a body, which may be long, is none. */
function shortText(field: Buffer): string {
  return field.length <= 100 ? field.toString('latin1') : '';
}
