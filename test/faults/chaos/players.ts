import type { Received } from '@nest-channels/core';
import { type RedisLayer, redisLayer } from '@nest-channels/redis';
import type { FaultProxy } from '../kit/fault-proxy.js';
import type { Loss } from '../kit/history.js';
import type { RedisSite } from './redis-site.js';

/** Is how long messages live. */
export const EXPIRY_MS = 60_000;

/** Are two servers, two workers and two senders: each has a layer, as in a process of its own. */
const NAMES = [
  'server.one',
  'server.two',
  'worker.one',
  'worker.two',
  'sender.one',
  'sender.two',
] as const;

type PlayerName = (typeof NAMES)[number];

/** Are the layers that meet over a site, each behind proxies. */
export class Players {
  readonly #layers: ReadonlyMap<string, RedisLayer>;
  readonly proxies: readonly FaultProxy[];

  private constructor(layers: ReadonlyMap<string, RedisLayer>, proxies: Iterable<FaultProxy>) {
    this.#layers = layers;
    this.proxies = [...proxies];
  }

  /** Lets all of them in; resolves when they are connected. */
  static async join(site: RedisSite): Promise<Players> {
    const ways = await Promise.all(NAMES.map(() => site.way()));
    const layers = ways.map(({ options }) => redisLayer({ ...options, expiryMs: EXPIRY_MS }));
    // The first to come says how the prefix is used.
    for (const layer of layers) await layer.connected();
    const proxies = new Set(ways.flatMap((way) => way.proxies));
    return new Players(new Map(NAMES.map((name, index) => [name, layers[index]])), proxies);
  }

  get layers(): RedisLayer[] {
    return [...this.#layers.values()];
  }

  layerOf(name: PlayerName): RedisLayer {
    return this.#layers.get(name)!;
  }

  /** Lets servers read their mailboxes, and workers `jobs`. */
  listen(received: (player: string, message: Received) => void): void {
    for (const [name, layer] of this.#layers) {
      if (name.startsWith('sender')) continue;
      const channel = name.startsWith('server') ? `${name}!` : 'jobs';
      layer.subscribe([channel], (message) => received(name, message));
    }
  }

  /** Lists what the layers have counted as lost so far, besides sends that were refused. */
  losses(refused: number): Loss[] {
    const dropped = this.layers.map((layer) => layer.statistics().dropped);
    const sumOf = (reason: 'full' | 'expired' | 'closed'): number =>
      dropped.reduce((sum, each) => sum + each[reason], 0);
    const losses = {
      full: sumOf('full') - refused,
      expired: sumOf('expired'),
      closed: sumOf('closed'),
    };
    return Object.entries(losses).map(([reason, messages]) => {
      return { kind: 'loss', by: 'layers', reason, messages };
    });
  }

  async leave(): Promise<void> {
    await Promise.all(this.layers.map((layer) => layer.close()));
  }
}
