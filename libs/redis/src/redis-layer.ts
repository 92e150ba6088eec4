import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import {
  assertReceivableName,
  assertSingleReaderPattern,
  type ChannelLayer,
  ChannelFull,
  type ChannelStatistics,
  type Content,
  delay,
  type LayerEventMap,
  type LayerEvents,
  type LayerExtension,
  type LayerStatistics,
  nonLocalName,
  type Received,
  type ReceiveOptions,
  type Subscription,
} from '@nest-channels/core';
import { RedisReception } from './redis-reception.js';
import { RedisUnavailable } from './errors.js';
import type { RedisLayerOptions } from './redis-options.js';
import { RedisSession } from './redis-session.js';
import { RedisShard } from './redis-shard.js';
import { RedisSubscription } from './redis-subscription.js';
import { Shards } from './shards.js';
import { type ShardPlace, topologyOf } from './topology.js';

/** Is a layer over Redis. */
export interface RedisLayer extends ChannelLayer {
  /** Counts entries and keys that were skipped or removed because they are none of this layer. */
  readonly malformedMessages: number;

  /**
   * Resolves when Redis was reached for the first time; all calls wait for it by themselves.
   *
   * @throws RedisRefused `CHANNELS_REDIS_REFUSED`
   * @throws RedisTooOld `CHANNELS_REDIS_TOO_OLD`
   * @throws RedisUnavailable `CHANNELS_LAYER_UNAVAILABLE`, and goes on trying
   */
  connected(): Promise<void>;

  /**
   * Resolves when Redis was reached for the first time; tries it for five seconds.
   *
   * @throws RedisRefused `CHANNELS_REDIS_REFUSED` at once, and so all that no other try could mend
   * @throws RedisUnavailable `CHANNELS_LAYER_UNAVAILABLE`
   */
  ready(): Promise<void>;
}

/**
 * Creates the layer that carries messages between processes over Redis 7, or Valkey.
 *
 * It connects at once, and again whenever the connection is lost.
 *
 * @throws RedisOptionsInvalid `CHANNELS_REDIS_OPTIONS_INVALID`
 */
export function redisLayer(options: RedisLayerOptions = {}): RedisLayer {
  return new Layer(options);
}

/** Makes 22 characters, which the limit of a single-reader pattern leaves room for. */
const RANDOM_BYTES = 16;

/** Is for how long a process that starts waits for Redis, and how often it looks. */
const START_MS = 5_000;
const RETRY_MS = 50;

class Layer implements RedisLayer {
  readonly name = 'redis';
  readonly reach = 'network';
  readonly extensions: ReadonlySet<LayerExtension> = new Set([
    'groups',
    'flush',
    'statistics',
    'push',
  ]);
  readonly maxMessageBytes: number;
  readonly events: LayerEvents = new EventEmitter<LayerEventMap>();
  readonly #session: RedisSession;
  readonly #shards: Shards;
  readonly #reception: RedisReception;
  #closed?: Promise<void>;

  constructor(options: RedisLayerOptions) {
    const places = topologyOf(options);
    this.#session = new RedisSession(options, this.events);
    this.maxMessageBytes = this.#session.limits.maxMessageBytes;
    this.#shards = new Shards(places.map((place) => this.#shard(place)));
    this.#reception = new RedisReception(this.#session, this.#shards);
    for (const shard of this.#shards.all) shard.open();
    this.#reception.open();
  }

  get malformedMessages(): number {
    return this.#reception.malformedMessages;
  }

  connected(): Promise<void> {
    return this.#shards.ready();
  }

  async ready(): Promise<void> {
    const { clock } = this.#session;
    const end = clock.now() + START_MS;
    for (;;) {
      try {
        return await this.connected();
      } catch (error) {
        if (!(error instanceof RedisUnavailable) || this.#isClosed || clock.now() >= end)
          throw error;
      }
      await delay(clock, RETRY_MS);
    }
  }

  async send(channel: string, content: Content): Promise<void> {
    const { bodies, capacities, traffic } = this.#session;
    const name = nonLocalName(channel);
    const deadline = this.#session.deadline();
    const { connection, outbox } = this.#shards.of(name);
    if (!connection.isReady) await connection.ready();
    const capacity = capacities.of(name);
    const taken = traffic.taken(name);
    const body = bodies.encode(content, { channel });
    const size = await outbox.send({ name, capacity, channel, body, deadline });
    if (size >= 0) return traffic.accepted(name, size, taken);
    this.#session.countFull(name, capacity, 1);
    throw new ChannelFull(name, capacity);
  }

  async receive(channels: readonly string[], options: ReceiveOptions): Promise<Received[]> {
    for (const channel of channels) assertReceivableName(channel);
    await this.#shards.settled();
    return this.#reception.receive(channels, options);
  }

  subscribe(channels: readonly string[], listener: (message: Received) => void): Subscription {
    this.#shards.assertOpen();
    for (const channel of channels) assertReceivableName(channel);
    return new RedisSubscription(listener, this.#reception.sourceOf(channels));
  }

  async newChannel(pattern: string): Promise<string> {
    this.#shards.assertOpen();
    assertSingleReaderPattern(pattern);
    return pattern + randomBytes(RANDOM_BYTES).toString('base64url');
  }

  async closeChannel(channel: string): Promise<void> {
    const deadline = this.#session.deadline();
    const { connection, groups } = this.#shards.of(channel);
    await connection.ready();
    await groups.leaveAll(channel, deadline);
  }

  async groupAdd(group: string, channel: string): Promise<void> {
    const deadline = this.#session.deadline();
    const { connection, groups } = this.#shards.of(channel);
    await connection.ready();
    await groups.add(group, channel, deadline);
  }

  async groupDiscard(group: string, channel: string): Promise<void> {
    const deadline = this.#session.deadline();
    const { connection, groups } = this.#shards.of(channel);
    await connection.ready();
    await groups.discard(group, channel, deadline);
  }

  async groupSend(group: string, content: Content): Promise<void> {
    const deadline = this.#session.deadline();
    const body = this.#session.bodies.encode(content, { group });
    await this.#shards.each(async ({ connection, groups }) => {
      if (!connection.isReady) await connection.ready();
      await groups.send(group, body, deadline);
    });
  }

  async groupChannels(group: string): Promise<string[]> {
    const deadline = this.#session.deadline();
    await this.#shards.ready();
    const members = await this.#shards.each(({ groups }) => groups.members(group, deadline));
    return members.flat();
  }

  /** The other processes are told by the first shard, when the others are empty. */
  async flush(): Promise<void> {
    const [home] = this.#shards.all;
    try {
      await this.#shards.each(async (shard) => {
        await shard.connection.ready();
        if (shard !== home) await shard.removeAll({ tells: false });
      });
    } finally {
      await home.connection.ready();
      await home.removeAll({ tells: true });
      this.#clear();
    }
  }

  statistics(): LayerStatistics {
    return this.#session.traffic.ofLayer();
  }

  channelStatistics(channel: string): ChannelStatistics {
    return this.#session.traffic.ofChannel(channel);
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  get #isClosed(): boolean {
    return this.#closed !== undefined;
  }

  async #close(): Promise<void> {
    for (const { connection } of this.#shards.all) connection.close();
    await this.#reception.close();
    for (const shard of this.#shards.all) shard.close();
  }

  #shard(place: ShardPlace): RedisShard {
    return new RedisShard(this.#session, place, {
      onReset: () => this.#clear(),
      onMended: (keys) => (this.#reception.malformedMessages += keys),
      onEmptied: (shard) =>
        this.#session.traffic.cleared((name) => this.#shards.of(name) === shard),
    });
  }

  #clear(): void {
    this.#reception.clear();
    for (const { groups } of this.#shards.all) groups.clear();
    this.#session.cleared();
  }
}
