import { delay, type Received, systemClock } from '@nest-channels/core';
import type { RedisLayer } from '@nest-channels/redis';
import type { RedisServer } from '../../../libs/redis/test/support/redis-server.js';
import { check, type Verdict } from '../kit/checker.js';
import type { FaultProxy } from '../kit/fault-proxy.js';
import { History, now } from '../kit/history.js';
import { EXPIRY_MS, Players } from './players.js';
import type { LayoutName, RedisSite } from './redis-site.js';
import { startSite } from './start-site.js';
import { type Target, Traffic } from './traffic.js';
import { type Upheaval, Upheavals } from './upheavals.js';

/** Is how long a reader may stay deaf when all has healed. */
const HEALED_WITHIN_MS = 5_000;

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

/**
 * Is a layout of Redis with two servers, two workers and two senders on it, behind proxies.
 *
 * All that is sent and received goes into one history.
 */
export class LayerStage {
  readonly history = new History();
  readonly #upheavals = new Upheavals();
  readonly #traffics: Traffic[] = [];
  #running: Promise<unknown> = Promise.resolve();

  private constructor(
    readonly layout: LayoutName,
    readonly site: RedisSite,
    private readonly players: Players,
  ) {}

  static async start(layout: LayoutName): Promise<LayerStage> {
    const site = await startSite(layout);
    const stage = new LayerStage(layout, site, await Players.join(site));
    await stage.#listen();
    // A membership that its owner has not heard of yet dies with Redis.
    await stage.#hears(ROOM, new AbortController().signal);
    return stage;
  }

  get proxies(): readonly FaultProxy[] {
    return this.players.proxies;
  }

  get layers(): RedisLayer[] {
    return this.players.layers;
  }

  /** Is how long the longest send took, without what this process itself stood still. */
  get longestMs(): number {
    return Math.max(0, ...this.#traffics.map(({ longestMs, stallMs }) => longestMs - stallMs));
  }

  /** Is how long at most nothing was accepted for some receiver. */
  get longestGapMs(): number {
    return Math.max(0, ...this.#traffics.map(({ longestGapMs }) => longestGapMs));
  }

  /** Lists how sends failed, other than for lack of room. */
  get failures(): string[] {
    return [...new Set(this.#traffics.flatMap(({ failures }) => [...failures.keys()]))];
  }

  /** Begins to send. */
  play(): void {
    for (const name of ['sender.one', 'sender.two'] as const) {
      this.#traffics.push(new Traffic(name, this.players.layerOf(name), TARGETS, this.history));
    }
    this.#running = Promise.all(this.#traffics.map((traffic) => traffic.run()));
  }

  /** Kills a server and starts it again, without what it held. */
  async restartEmpty(server: RedisServer): Promise<void> {
    this.upheaves('amnesias');
    await server.kill();
    await this.site.start(server);
  }

  /** Has to be told before a server is gone: where a replica takes over, it may not have had all. */
  upheaves(...kinds: readonly Upheaval[]): void {
    const replaced: readonly Upheaval[] = this.layout === 'sentinel' ? ['deaths'] : [];
    this.#upheavals.begin(...new Set([...kinds, ...replaced]));
  }

  /**
   * Ends the sending when all has healed, asks every reader for a sign of life, and judges.
   *
   * @param uncounted how many losses nobody could count
   */
  async judge(uncounted = 0): Promise<Verdict> {
    this.#heal();
    await this.site.healed();
    await this.#endTraffic();
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
    this.#heal();
    await this.#endTraffic();
    await this.players.leave();
    await this.site.close();
  }

  #heal(): void {
    for (const proxy of this.proxies) proxy.heal();
    for (const server of this.site.servers) server.thaw();
  }

  async #endTraffic(): Promise<void> {
    for (const traffic of this.#traffics) traffic.end();
    await this.#running;
  }

  async #listen(): Promise<void> {
    for (const { events } of this.layers) {
      // Whoever is the last to be back asserts the last members.
      for (const event of ['reset', 'gap'] as const) events.on(event, () => this.#upheavals.end());
    }
    this.players.listen((player, message) => this.#received(player, message));
    const layer = this.players.layerOf('server.one');
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
    const name = `probe${this.#traffics.length}`;
    const layer = this.players.layerOf('sender.one');
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
    const refused = this.#traffics.reduce((sum, { fullCount }) => sum + fullCount, 0);
    const { amnesias, deaths } = this.#upheavals;
    return check([...this.history.events, ...this.players.losses(refused)], {
      expiryMs: EXPIRY_MS,
      uncounted,
      amnesias,
      deaths,
      // What a frozen master was asked for last is done when others have gone on elsewhere.
      unordered: deaths.length > 0 ? ['jobs'] : [],
    });
  }
}
