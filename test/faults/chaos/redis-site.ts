import type { RedisLayerOptions } from '@nest-channels/redis';
import type { RedisServer } from '../../../libs/redis/test/support/redis-server.js';
import type { FaultProxy } from '../kit/fault-proxy.js';

/** Are the ways to lay out Redis, by the names that `--layout` takes. */
export const LAYOUTS = ['single', 'encrypted', 'shards', 'cluster', 'sentinel'] as const;

export type LayoutName = (typeof LAYOUTS)[number];

/** Is how a layer gets to Redis through proxies, all connections to one server through one. */
export interface Way {
  readonly options: RedisLayerOptions;
  readonly proxies: readonly FaultProxy[];
}

/** Is a way in which another server takes over what one had. */
export interface Takeover {
  readonly title: string;
  /** Says that the other has all of it, also what came in the last moment. */
  readonly isWhole: boolean;
  /** Resolves when the other has taken over, and could lose it in the same way. */
  run(random: () => number): Promise<void>;
}

/** Are the servers of a layout, and the ways to them. */
export interface RedisSite {
  /** Are the options of a layer that needs no proxies. */
  readonly options: RedisLayerOptions;
  /** Are all servers, those included that only repeat what others hold. */
  readonly servers: readonly RedisServer[];
  /** Are the ways in which others take over, none where servers know nothing of each other. */
  readonly takeovers: readonly Takeover[];
  /** Lists the servers that hold something of their own now; some of them may be down. */
  masters(): Promise<readonly RedisServer[]>;
  /** Opens a way for one process: of its own, where the layout allows that. */
  way(): Promise<Way>;
  /** Starts a server that was killed, at the same address for all. */
  start(server: RedisServer, ...settings: readonly string[]): Promise<void>;
  /** Resolves when all that holds something takes requests again. */
  healed(): Promise<void>;
  /** Ends servers and proxies. */
  close(): Promise<void>;
}
