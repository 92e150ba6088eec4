import { crc32 } from 'node:zlib';

/** Is the version of the rule below; layers of different versions must not share keys. */
export const ROUTING_VERSION = 1;

/**
 * Returns which of so many shards a channel lives on, by its non-local name.
 *
 * Everything about the channel is there: its messages, its memberships, and who reads it. So one
 * request on one shard decides on capacity and order, and a process reads each mailbox in one place.
 */
export function shardOf(name: string, count: number): number {
  return count === 1 ? 0 : Math.floor((crc32(name) / 2 ** 32) * count);
}
