/** @import { ChannelLayer } from '@nest-channels/core' */

export const MEMBERS = 100_000;
export const GROUP = 'everyone';

/**
 * Are the ways the members of a group can be spread over readers, by name: the name of each member.
 *
 * @type {Record<string, (index: number) => string>}
 */
export const spreads = {
  '100,000 normal channels': (index) => `room.${index}`,
  'one mailbox of 100,000': (index) => `server.k3f9!${index}`,
  '100 mailboxes of 1,000': (index) => `server.${index % 100}!${index}`,
};

/**
 * Lists names as a decoder would make them: not as a tree of the parts they were joined from.
 *
 * @param {(index: number) => string} nameOf
 * @param {number} count
 */
export function names(nameOf, count) {
  return Array.from({ length: count }, (_, index) => Buffer.from(nameOf(index)).toString('latin1'));
}

/**
 * @param {ChannelLayer} layer
 * @param {readonly string[]} members
 */
export async function join(layer, members) {
  for (const member of members) await layer.groupAdd(GROUP, member);
}
