import { delay, type Received, systemClock } from '@nest-channels/core';
import { type RedisLayer, redisLayer, type RedisLayerOptions } from '@nest-channels/redis';
import { Redis } from 'ioredis';
import { RedisServer } from '../../../libs/redis/test/support/redis-server.js';
import { check, type Verdict } from '../kit/checker.js';
import { FaultProxy } from '../kit/fault-proxy.js';
import { History, type Loss, now } from '../kit/history.js';
import { type Target, Traffic } from './traffic.js';

/** Is how long a reader may stay deaf when all has healed. */
const HEALED_WITHIN_MS = 5_000;

const EXPIRY_MS = 60_000;

/** Are options of a client that sends nothing twice: a shutdown would shut down what comes after. */
const ADMIN = {
  protocol: 2,
  disconnectTimeout: 0,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  retryStrategy: () => 50,
} as const;

/** Is how often it is looked whether something came. */
const LOOK_MS = 50;

const ROOM: Target = {
  name: 'room',
  isGroup: true,
  receivers: ['server.one!a', 'server.one!b', 'server.two!a'],
};

const TARGETS: readonly Target[] = [
  { name: 'server.one!a', isGroup: false, receivers: ['server.one!a'] },
  { name: 'server.two!a', isGroup: false, receivers: ['server.two!a'] },
  { name: 'jobs', isGroup: false, receivers: ['jobs'] },
  ROOM,
];

interface Player {
  readonly name: string;
  readonly layer: RedisLayer;
  readonly proxy: FaultProxy;
}

/**
 * Is a Redis with two servers, two workers and two senders on it, each behind a proxy of its own.
 *
 * All that is sent and received goes into one history.
 */
export class LayerStage {
  readonly history = new History();
  readonly #players = new Map<string, Player>();
  readonly #traffics: Traffic[] = [];
  readonly #amnesias: { from: number; to: number }[] = [];
  #running: Promise<unknown> = Promise.resolve();

  private constructor(
    readonly redis: RedisServer,
    readonly admin: Redis,
  ) {}

  static async start(
    options: RedisLayerOptions = {},
    settings: readonly string[] = [],
  ): Promise<LayerStage> {
    const redis = await RedisServer.start(...settings);
    const admin = new Redis(redis.port, '127.0.0.1', ADMIN);
    admin.on('error', () => undefined);
    const stage = new LayerStage(redis, admin);
    for (const name of PLAYERS) await stage.#join(name, options);
    await stage.#listen();
    // A membership that its owner has not heard of yet dies with Redis.
    await stage.#hears(ROOM, new AbortController().signal);
    return stage;
  }

  get proxies(): FaultProxy[] {
    return Array.from(this.#players.values(), ({ proxy }) => proxy);
  }

  get layers(): RedisLayer[] {
    return Array.from(this.#players.values(), ({ layer }) => layer);
  }

  /** Is how long the longest send took, without what this process itself stood still. */
  get longestMs(): number {
    return Math.max(0, ...this.#traffics.map(({ longestMs, stallMs }) => longestMs - stallMs));
  }

  /** Lists how sends failed, other than for lack of room. */
  get failures(): string[] {
    return [...new Set(this.#traffics.flatMap(({ failures }) => [...failures.keys()]))];
  }

  /** Begins to send. */
  play(): void {
    for (const name of ['sender.one', 'sender.two']) {
      const { layer } = this.#players.get(name)!;
      this.#traffics.push(new Traffic(name, layer, TARGETS, this.history));
    }
    this.#running = Promise.all(this.#traffics.map((traffic) => traffic.run()));
  }

  /** Kills Redis and starts it again, without what it held. */
  async restartEmpty(): Promise<void> {
    this.#amnesias.push({ from: now(), to: Infinity });
    await this.redis.kill();
    await this.redis.start();
  }

  /**
   * Ends the sending when all has healed, asks every reader for a sign of life, and judges.
   *
   * @param uncounted how many losses nobody could count
   */
  async judge(uncounted = 0): Promise<Verdict> {
    for (const proxy of this.proxies) proxy.heal();
    this.redis.thaw();
    for (const traffic of this.#traffics) traffic.end();
    await this.#running;
    await this.#probe();
    const end = now() + HEALED_WITHIN_MS;
    // A message may be on its way to one reader of a channel when another has answered.
    let verdict = this.#verdict(uncounted);
    while (verdict.findings.lost.length > 0 && now() < end) {
      await delay(systemClock, LOOK_MS);
      verdict = this.#verdict(uncounted);
    }
    return verdict;
  }

  async close(): Promise<void> {
    this.redis.thaw();
    for (const proxy of this.proxies) proxy.heal();
    for (const traffic of this.#traffics) traffic.end();
    await this.#running;
    await Promise.all(this.layers.map((layer) => layer.close()));
    await Promise.all(this.proxies.map((proxy) => proxy.close()));
    this.admin.disconnect();
    await this.redis.stop();
  }

  async #join(name: string, options: RedisLayerOptions): Promise<void> {
    const proxy = await FaultProxy.start(this.redis.port);
    const url = `redis://127.0.0.1:${proxy.port}`;
    const layer = redisLayer({ url, expiryMs: EXPIRY_MS, ...options });
    layer.events.on('reset', () => this.#remembered());
    this.#players.set(name, { name, layer, proxy });
    await layer.connected();
  }

  /** Whoever is the last to be back asserts the last members. */
  #remembered(): void {
    const last = this.#amnesias.at(-1);
    if (last) last.to = now();
  }

  async #listen(): Promise<void> {
    const { layer } = this.#players.get('server.one')!;
    for (const [name, player] of this.#players) {
      if (name.startsWith('sender')) continue;
      const channel = name.startsWith('server') ? `${name}!` : 'jobs';
      player.layer.subscribe([channel], (message) => this.#received(name, message));
    }
    for (const member of ROOM.receivers) await layer.groupAdd('room', member);
  }

  #received(process: string, { channels, content }: Received): void {
    const id = content['id'] as string;
    for (const receiver of channels) this.history.delivery({ id, receiver, process });
  }

  /** All readers have to hear what is sent to them now, and so what waited before it. */
  async #probe(): Promise<void> {
    const deadline = new AbortController();
    const timer = systemClock.setTimer(() => deadline.abort(), HEALED_WITHIN_MS);
    await Promise.all(
      TARGETS.map(async (target) => {
        const isAnswered = await this.#hears(target, deadline.signal);
        this.history.probe({ socket: target.name, isAnswered });
      }),
    );
    timer.cancel();
  }

  /** Sends until a message comes to all of its receivers: groups may still miss some at first. */
  async #hears(target: Target, deadline: AbortSignal): Promise<boolean> {
    const { layer } = this.#players.get('sender.one')!;
    const name = `probe${this.#traffics.length}`;
    const probe = new Traffic(name, layer, [target], this.history);
    this.#traffics.push(probe);
    while (!deadline.aborted) {
      await probe.send(target);
      await delay(systemClock, LOOK_MS, deadline);
      const hearers = this.#hearersOf(`${name}-`);
      if (target.receivers.every((receiver) => hearers.has(receiver))) return true;
    }
    return false;
  }

  /** Lists who has received a message of a sender. */
  #hearersOf(sender: string): Set<string> {
    const deliveries = this.history.events.filter((event) => event.kind === 'delivery');
    const heard = deliveries.filter(({ id }) => id.startsWith(sender));
    return new Set(heard.map(({ receiver }) => receiver));
  }

  #verdict(uncounted: number): Verdict {
    return check([...this.history.events, ...this.#losses()], {
      expiryMs: EXPIRY_MS,
      uncounted,
      amnesias: this.#amnesias,
    });
  }

  /** Lists what the layers have counted as lost so far. */
  #losses(): Loss[] {
    const refused = this.#traffics.reduce((sum, { fullCount }) => sum + fullCount, 0);
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
}

const PLAYERS = [
  'server.one',
  'server.two',
  'worker.one',
  'worker.two',
  'sender.one',
  'sender.two',
] as const;
