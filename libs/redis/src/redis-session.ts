import { randomBytes } from 'node:crypto';
import {
  CapacityRules,
  type Clock,
  type LayerEventMap,
  type LayerEvents,
  MIN_MAX_MESSAGE_BYTES,
  reasonOf,
  systemClock,
} from '@nest-channels/core';
import { Bodies } from './bodies.js';
import type { RedisLayerOptions } from './redis-options.js';
import { Seal } from './seal.js';
import { DEFAULT_PREFIX } from './topology.js';
import { Traffic } from './traffic.js';

/** Is how much longer than its messages a key lives, so that whoever looks can count them. */
const KEY_GRACE_MS = 60_000;

/** Are the limits of a layer, with the defaults. */
export interface Limits {
  readonly expiryMs: number;
  readonly groupExpiryMs: number;
  readonly maxGroupsPerChannel: number;
  readonly leaseMs: number;
  readonly maxMessageBytes: number;
  readonly timeoutMs: number;
}

/** Is what all parts of one layer share, on however many servers: limits, counts, events. */
export class RedisSession {
  /** Is who this process is among all that use the same prefix. */
  readonly processId = randomBytes(12).toString('base64url');
  readonly clock: Clock;
  readonly limits: Limits;
  readonly bodies: Bodies;
  readonly seal?: Seal;
  readonly capacities: CapacityRules;
  readonly traffic: Traffic;

  constructor(
    options: RedisLayerOptions,
    private readonly events: LayerEvents,
  ) {
    const { capacity = 1_000, mailboxCapacity = 10_000, channelCapacity } = options;
    this.clock = options.clock ?? systemClock;
    const { encryption, prefix = DEFAULT_PREFIX } = options;
    this.seal = encryption && new Seal(encryption, prefix);
    this.bodies = new Bodies(this.seal);
    this.limits = limitsOf(options);
    this.capacities = new CapacityRules({ capacity, mailboxCapacity, channelCapacity });
    this.traffic = new Traffic(this.clock);
  }

  /** Is how long the messages of a channel are kept when nobody writes or reads any more. */
  get keyLifetimeMs(): number {
    return this.limits.expiryMs + KEY_GRACE_MS;
  }

  /** Returns until when a call that is made now has to settle. */
  deadline(): number {
    return this.clock.now() + this.limits.timeoutMs;
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

  cleared(): void {
    this.traffic.cleared();
    this.tell('reset');
  }

  tell<Name extends keyof LayerEventMap>(name: Name, ...what: LayerEventMap[Name]): void {
    if (this.events.listenerCount(name) === 0) return;
    queueMicrotask(() => {
      for (const listener of this.events.rawListeners(name)) call(listener, name, what);
    });
  }
}

function limitsOf(options: RedisLayerOptions): Limits {
  const { expiryMs = 60_000, groupExpiryMs = 86_400_000, leaseMs = 60_000 } = options;
  const { maxMessageBytes = 0, timeoutMs = 1_000, maxGroupsPerChannel = 128 } = options;
  return {
    expiryMs,
    groupExpiryMs,
    maxGroupsPerChannel,
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
