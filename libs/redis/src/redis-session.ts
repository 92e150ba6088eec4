import { randomBytes } from 'node:crypto';
import {
  CapacityRules,
  type Clock,
  type LayerEventMap,
  type LayerEvents,
  MIN_MAX_MESSAGE_BYTES,
  reasonOf,
  systemClock,
  type Timer,
} from '@nest-channels/core';
import type { RedisOptions } from 'ioredis';
import { Bodies } from './bodies.js';
import { Connection, type Loss } from './connection.js';
import { Keys } from './keys.js';
import { Layout } from './layout.js';
import { Outbox, type Outgoing } from './outbox.js';
import { addressOf } from './redis-address.js';
import type { Argument } from './redis-link.js';
import type { RedisLayerOptions } from './redis-options.js';
import { type Script, SCRIPTS } from './scripts.js';
import { Seal } from './seal.js';
import { Shipment } from './shipment.js';
import { Traffic } from './traffic.js';

/** Is how much longer than its messages a key lives, so that whoever looks can count them. */
const KEY_GRACE_MS = 60_000;

/** Is how long what says how a prefix is used outlives the last process that uses it. */
const SIGN_LIFETIME_MS = 86_400_000;

/** Is how often leases are renewed within their time. */
const RENEWALS_PER_LEASE = 3;

/** Is how many keys are looked at, and removed, at once. */
const SCAN_COUNT = 1_000;

/** Is told of what concerns the whole layer. */
export interface SessionListener {
  /** The connection is back. */
  readonly onBack: (loss: Loss) => Promise<void>;
  /** Another process flushed. */
  readonly onReset: () => void;
  /** It is time to renew the leases. */
  readonly onRenewal: () => Promise<void>;
}

/** Are the limits of a layer, with the defaults. */
export interface Limits {
  readonly expiryMs: number;
  readonly groupExpiryMs: number;
  readonly leaseMs: number;
  readonly maxMessageBytes: number;
  readonly timeoutMs: number;
}

/** Is what all parts of one layer share: connection, limits, counts. */
export class RedisSession {
  /** Is who this process is among all that use the same prefix. */
  readonly processId = randomBytes(12).toString('base64url');
  readonly clock: Clock;
  readonly keys: Keys;
  readonly limits: Limits;
  readonly bodies: Bodies;
  readonly capacities: CapacityRules;
  readonly traffic: Traffic;
  readonly address: RedisOptions;
  readonly connection: Connection;
  readonly outbox = new Outbox((messages) => this.#dispatch(messages));
  readonly #layout: Layout;
  #renewal?: Timer;

  constructor(
    options: RedisLayerOptions,
    private readonly events: LayerEvents,
    private readonly listener: SessionListener,
  ) {
    const { capacity = 1_000, mailboxCapacity = 10_000, channelCapacity } = options;
    this.clock = options.clock ?? systemClock;
    const prefix = options.prefix ?? 'nest-channels';
    const seal = options.encryption && new Seal(options.encryption, prefix);
    this.keys = new Keys(prefix);
    this.bodies = new Bodies(seal);
    this.#layout = new Layout(this.keys, seal);
    this.limits = limitsOf(options);
    this.capacities = new CapacityRules({ capacity, mailboxCapacity, channelCapacity });
    this.traffic = new Traffic(this.clock);
    this.address = addressOf(options);
    this.connection = new Connection({
      address: this.address,
      clock: this.clock,
      timeoutMs: this.limits.timeoutMs,
      keys: this.keys,
      layout: this.#layout,
      onFirst: () => this.register(),
      onBack: (loss) => this.#back(loss),
    });
  }

  open(): void {
    this.connection.open();
    this.#scheduleRenewal();
  }

  /** Ends the connection; nothing can be sent any more. */
  close(): void {
    this.#renewal?.cancel();
    this.connection.end();
  }

  /** Has to be told that another process flushed. */
  wasReset(): void {
    this.listener.onReset();
  }

  /** Runs a script on the keys of this layer. */
  run(script: Script, ...args: readonly Argument[]): Promise<unknown> {
    return this.connection.link.run(script, this.keys.root, ...args);
  }

  /** Is how long the messages of a channel are kept when nobody writes or reads any more. */
  get keyLifetimeMs(): number {
    return this.limits.expiryMs + KEY_GRACE_MS;
  }

  /** Says whether the time of a message is over. */
  isOver(sentAt: number): boolean {
    return sentAt + this.limits.expiryMs <= this.connection.time.now();
  }

  countFull(channel: string, capacity: number, messages: number): void {
    this.traffic.refused(channel, messages);
    this.tell('full', { channel, capacity, messages });
  }

  countLost(channel: string, messages: number): void {
    this.traffic.dropped(channel, 'closed', messages);
    this.tell('dropped', { channel, reason: 'closed', messages });
  }

  countExpired(channel: string, messages: number): void {
    if (messages === 0) return;
    this.traffic.dropped(channel, 'expired', messages);
    this.tell('expired', { channel, messages });
  }

  /** Takes note of what a script reports besides its result: the time, and what it found expired. */
  noteReport([now, expired]: readonly unknown[]): void {
    this.connection.time.learn(now as number);
    const pairs = expired as (Buffer | number)[];
    for (let index = 0; index < pairs.length; index += 2) {
      this.countExpired(String(pairs[index]), pairs[index + 1] as number);
    }
  }

  cleared(): void {
    this.traffic.cleared();
    this.tell('reset');
  }

  /** Removes all keys of the layer, without holding up Redis, and tells the other processes. */
  async removeAll(): Promise<void> {
    const { link } = this.connection;
    let cursor = '0';
    do {
      const scan = ['MATCH', this.keys.pattern, 'COUNT', SCAN_COUNT] as const;
      const [next, keys] = (await link.call('SCAN', cursor, ...scan)) as [Buffer, Buffer[]];
      const { leaseMs } = this.limits;
      if (keys.length > 0) await this.run(SCRIPTS.remove, this.processId, leaseMs, ...keys);
      cursor = String(next);
    } while (cursor !== '0');
    await this.#layout.agree(link);
  }

  /** Registers this process among those that use the prefix, or renews it. */
  async register(): Promise<void> {
    const key = this.keys.process(this.processId);
    const { link } = this.connection;
    await Promise.all([
      link.call('XADD', key, 'MAXLEN', '~', 1_000, '*', 'here', ''),
      link.call('PEXPIRE', key, this.limits.leaseMs),
      ...[this.keys.layout, this.keys.epoch].map((sign) =>
        link.call('PEXPIRE', sign, SIGN_LIFETIME_MS),
      ),
    ]);
  }

  tell<Name extends keyof LayerEventMap>(name: Name, ...what: LayerEventMap[Name]): void {
    if (this.events.listenerCount(name) === 0) return;
    queueMicrotask(() => {
      for (const listener of this.events.rawListeners(name)) call(listener, name, what);
    });
  }

  async #dispatch(messages: readonly Outgoing[]): Promise<number[]> {
    const { expiryMs } = this.limits;
    const shipment = new Shipment(messages);
    const { arguments: parcels } = shipment;
    const reply = await this.run(SCRIPTS.send, expiryMs, this.keyLifetimeMs, ...parcels);
    const [now, expired, outcomes] = reply as [number, unknown[], number[]];
    this.noteReport([now, expired]);
    return shipment.sizes(outcomes);
  }

  async #back(loss: Loss): Promise<void> {
    await this.register();
    await this.listener.onBack(loss);
    if (loss.isEmpty) this.tell('reset');
    else this.tell('gap', { since: loss.since });
  }

  #scheduleRenewal(): void {
    const delayMs = this.limits.leaseMs / RENEWALS_PER_LEASE;
    this.#renewal = this.clock.setTimer(() => void this.#renew(), delayMs, { inBackground: true });
  }

  async #renew(): Promise<void> {
    this.#scheduleRenewal();
    if (!this.connection.isReady) return;
    try {
      await this.register();
      await this.listener.onRenewal();
    } catch (error) {
      process.emitWarning(`Cannot renew leases in Redis: ${reasonOf(error)}`);
    }
  }
}

function limitsOf(options: RedisLayerOptions): Limits {
  const { expiryMs = 60_000, groupExpiryMs = 86_400_000, leaseMs = 60_000 } = options;
  const { maxMessageBytes = 0, timeoutMs = 1_000 } = options;
  return {
    expiryMs,
    groupExpiryMs,
    leaseMs,
    maxMessageBytes: Math.max(maxMessageBytes, MIN_MAX_MESSAGE_BYTES),
    timeoutMs,
  };
}

/** Returns bytes as ioredis takes them, without a copy. */
export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function call(listener: unknown, name: string, what: readonly unknown[]): void {
  try {
    (listener as (...what: readonly unknown[]) => void)(...what);
  } catch (error) {
    process.emitWarning(`A listener of the layer event "${name}" threw: ${reasonOf(error)}`);
  }
}
