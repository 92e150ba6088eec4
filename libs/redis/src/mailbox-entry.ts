import type { Arrived, Place } from './inbox.js';
import { unpack } from './parcel.js';
import { after, timeOf } from './stream-id.js';

/** Is an entry in the stream of a mailbox: messages for single channels, or one for a group. */
export type MailboxEntry =
  | { readonly kind: 'parcel'; readonly messages: readonly Arrived[] }
  | { readonly kind: 'group'; readonly group: string; readonly version: number }
  | { readonly kind: 'malformed' };

/** Reads an entry of the stream behind a prefix, as the scripts write it. */
export function readMailboxEntry(
  prefix: string,
  id: string,
  fields: readonly Buffer[],
): MailboxEntry {
  const form = fields.filter((_, index) => index % 2 === 0).map(shortText);
  switch (form.join()) {
    case 'w,p,d': {
      const messages = messagesIn(prefix, id, fields);
      return messages ? { kind: 'parcel', messages } : { kind: 'malformed' };
    }
    case 'w,g,v,d':
      return { kind: 'group', group: shortText(fields[3]), version: Number(shortText(fields[5])) };
    default:
      return { kind: 'malformed' };
  }
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

/** Reads names and numbers; a body, which may be long, is none. */
function shortText(field: Buffer): string {
  return field.length <= 100 ? field.toString('latin1') : '';
}
