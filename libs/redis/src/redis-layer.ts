import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import {
  assertReceivableName,
  assertSingleReaderPattern,
  type ChannelLayer,
  ChannelFull,
  type ChannelStatistics,
  type Content,
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
import { RedisGroups } from './redis-groups.js';
import type { RedisLayerOptions } from './redis-options.js';
import { RedisSession } from './redis-session.js';
import { RedisSubscription } from './redis-subscription.js';

/** Is a layer over Redis. */
export interface RedisLayer extends ChannelLayer {
  /** Counts entries that were skipped because they are no messages of this layer. */
  readonly malformedMessages: number;

  /**
   * Resolves when Redis was reached for the first time; all calls wait for it by themselves.
   *
   * @throws RedisRefused `CHANNELS_REDIS_REFUSED`
   * @throws RedisTooOld `CHANNELS_REDIS_TOO_OLD`
   * @throws RedisUnavailable `CHANNELS_LAYER_UNAVAILABLE`, and goes on trying
   */
  connected(): Promise<void>;
}

/**
 * Creates the layer that carries messages between processes over one Redis 7, or Valkey.
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
  readonly #reception: RedisReception;
  readonly #groups: RedisGroups;
  #closed?: Promise<void>;

  constructor(options: RedisLayerOptions) {
    this.#session = new RedisSession(options, this.events, {
      onBack: (loss) => this.#back(loss.isEmpty),
      onReset: () => this.#clear(),
      onRenewal: () => this.#groups.renew(),
    });
    this.maxMessageBytes = this.#session.limits.maxMessageBytes;
    this.#groups = new RedisGroups(this.#session);
    this.#reception = new RedisReception(this.#session, this.#groups);
    this.#session.open();
    this.#reception.open();
  }

  get malformedMessages(): number {
    return this.#reception.malformedMessages;
  }

  connected(): Promise<void> {
    return this.#session.connection.ready();
  }

  async send(channel: string, content: Content): Promise<void> {
    const { connection, outbox, bodies, capacities, traffic } = this.#session;
    if (!connection.isReady) await connection.ready();
    const name = nonLocalName(channel);
    const capacity = capacities.of(name);
    const taken = traffic.taken(name);
    const body = bodies.encode(content, { channel });
    const size = await outbox.send({ name, capacity, channel, body });
    if (size >= 0) return traffic.accepted(name, size, taken);
    this.#session.countFull(name, capacity, 1);
    throw new ChannelFull(name, capacity);
  }

  async receive(channels: readonly string[], options: ReceiveOptions): Promise<Received[]> {
    for (const channel of channels) assertReceivableName(channel);
    await this.#session.connection.settled();
    return this.#reception.receive(channels, options);
  }

  subscribe(channels: readonly string[], listener: (message: Received) => void): Subscription {
    this.#session.connection.assertOpen();
    for (const channel of channels) assertReceivableName(channel);
    return new RedisSubscription(listener, this.#reception.sourceOf(channels));
  }

  async newChannel(pattern: string): Promise<string> {
    this.#session.connection.assertOpen();
    assertSingleReaderPattern(pattern);
    return pattern + randomBytes(RANDOM_BYTES).toString('base64url');
  }

  async closeChannel(channel: string): Promise<void> {
    await this.#session.connection.ready();
    await this.#groups.leaveAll(channel);
  }

  async groupAdd(group: string, channel: string): Promise<void> {
    await this.#session.connection.ready();
    await this.#groups.add(group, channel);
  }

  async groupDiscard(group: string, channel: string): Promise<void> {
    await this.#session.connection.ready();
    await this.#groups.discard(group, channel);
  }

  async groupSend(group: string, content: Content): Promise<void> {
    const { connection, bodies } = this.#session;
    if (!connection.isReady) await connection.ready();
    await this.#groups.send(group, bodies.encode(content, { group }));
  }

  async groupChannels(group: string): Promise<string[]> {
    await this.#session.connection.ready();
    return this.#groups.members(group);
  }

  async flush(): Promise<void> {
    await this.#session.connection.ready();
    await this.#session.removeAll();
    this.#clear();
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

  async #close(): Promise<void> {
    this.#session.connection.close();
    await this.#reception.close();
    this.#session.close();
  }

  #clear(): void {
    this.#reception.clear();
    this.#groups.clear();
    this.#session.cleared();
  }

  async #back(isEmpty: boolean): Promise<void> {
    if (isEmpty) this.#session.traffic.cleared();
    await this.#groups.assertAgain({ isEmpty });
  }
}
