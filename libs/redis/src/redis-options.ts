import type { ConnectionOptions } from 'node:tls';
import type { ChannelCapacity, Clock } from '@nest-channels/core';
import type { Redis } from 'ioredis';
import type { Encryption } from './sealing-keys.js';

/** Is where a master is found that Redis Sentinel watches. */
export interface SentinelOptions {
  /** Are the URLs of sentinels, with the user and password of theirs, if they have one. */
  readonly hosts: readonly string[];
  /** Is the name of the master that they watch. */
  readonly name: string;
  /** Is who enters the master. */
  readonly username?: string;
  readonly password?: string;
  /** Is the database of the master; 0 if absent. */
  readonly database?: number;
}

/** Are the options of a Redis layer, named as those of the memory layer. */
export interface RedisLayerOptions {
  /** Is where Redis is, such as `redis://user:password@host:6379/0`; localhost if absent. */
  readonly url?: string;
  /**
   * Are the URLs of several independent servers that channels are spread over, instead of `url`.
   *
   * Their order counts: each process must name the same servers in the same order.
   */
  readonly hosts?: readonly string[];
  /** Is where sentinels tell which server is the master, instead of `url`. */
  readonly sentinels?: SentinelOptions;
  /** Are the URLs of some nodes of a Redis Cluster, instead of `url`; they know the others. */
  readonly cluster?: readonly string[];
  /** Is over how many slots of the cluster channels are spread; 4 if absent. */
  readonly shards?: number;
  /** Is what `rediss:` URLs are connected with, such as `ca`; what Node.js trusts if absent. */
  readonly tls?: ConnectionOptions;
  /**
   * Is an ioredis client to take the connection options from, instead of `url`.
   *
   * The layer opens connections of its own, with its own way to fail and to reconnect.
   */
  readonly client?: Redis;
  /** Starts all keys and keeps layers apart; "nest-channels" if absent. */
  readonly prefix?: string;
  /**
   * Encrypts what messages hold, with AES-256-GCM and bound to their channel or group; plain if absent.
   *
   * Names of channels and groups stay in the clear. Whoever can write to Redis cannot make a message or
   * move one elsewhere, but can drop one, or bring one back to its own channel.
   */
  readonly encryption?: Encryption;
  /** Is how many unread messages a channel holds; 1,000 if absent. */
  readonly capacity?: number;
  /** Is how many a process-specific mailbox holds, over all its local parts; 10,000 if absent. */
  readonly mailboxCapacity?: number;
  /** Overrides both by name, globs or RegExps over the non-local name; the first match wins. */
  readonly channelCapacity?: readonly ChannelCapacity[];
  /** Is how long a message can wait to be read, by the clock of Redis; 60,000 if absent. */
  readonly expiryMs?: number;
  /** Is how long a normal channel stays in a group unless renewed; 86,400,000 if absent. */
  readonly groupExpiryMs?: number;
  /** Is how many groups a process-specific channel, as that of a connection, may be in; 128 if absent. */
  readonly maxGroupsPerChannel?: number;
  /** Is how long memberships behind a mailbox outlive a process that died; 60,000 if absent. */
  readonly leaseMs?: number;
  /** Is how long an encoded message may be; 1,048,576 if absent, and never less. */
  readonly maxMessageBytes?: number;
  /** Is how long a call may take before it fails; 1,000 if absent. */
  readonly timeoutMs?: number;
  readonly clock?: Clock;
}
