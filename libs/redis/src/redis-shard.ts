import { delay, reasonOf, type Timer } from '@nest-channels/core';
import { Connection, type Loss } from './connection.js';
import { RedisUnavailable } from './errors.js';
import { Keys } from './keys.js';
import { Layout } from './layout.js';
import { Outbox, type Outgoing } from './outbox.js';
import { RedisGroups } from './redis-groups.js';
import { MasterWatch } from './master-watch.js';
import type { Argument, RedisLink } from './redis-link.js';
import type { RedisSession } from './redis-session.js';
import { type Script, SCRIPTS } from './scripts.js';
import { Shipment } from './shipment.js';
import type { ShardPlace } from './topology.js';

/** Is how often leases are renewed within their time. */
const RENEWALS_PER_LEASE = 3;

/** Is how many keys are looked at, and removed, at once. */
const SCAN_COUNT = 1_000;

/** Is how long a call rests when Redis cannot do it just now, before it is asked again. */
const REST_MS = 25;

/** Are the answers of a Redis that did nothing, and will do it soon. */
const NOT_NOW = /^(LOADING|BUSY|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|MOVED|ASK)\b/;

/** Is told of what concerns the whole layer. */
export interface ShardListener {
  /** Another process flushed. */
  readonly onReset: () => void;
  /** The shard came back without what it held. */
  readonly onEmptied: (shard: RedisShard) => void;
  /** Keys were removed that somebody else had put there. */
  readonly onMended: (keys: number) => void;
}

/** Is the part of a layer that lives on one server, or in one slot of a cluster. */
export class RedisShard {
  readonly keys: Keys;
  readonly connection: Connection;
  readonly outbox = new Outbox((messages) => this.#dispatch(messages));
  readonly groups: RedisGroups;
  /** Are all connections to its server. */
  readonly links = new Set<RedisLink>();
  readonly #watch: MasterWatch;
  #renewal?: Timer;
  #isMending = false;

  constructor(
    readonly session: RedisSession,
    readonly place: ShardPlace,
    private readonly listener: ShardListener,
  ) {
    const { clock, limits, processId, keyLifetimeMs } = session;
    this.keys = new Keys(place.tag);
    this.groups = new RedisGroups(this);
    this.connection = new Connection({
      place,
      clock,
      processId,
      keys: this.keys,
      layout: new Layout(this.keys, place.arrangement, session.seal),
      timeoutMs: limits.timeoutMs,
      leaseMs: limits.leaseMs,
      // A process that renews late must find what says how its keys are to be read.
      signLifetimeMs: 2 * limits.leaseMs + keyLifetimeMs,
      onLost: (loss) => this.#lost(loss),
      onBack: (loss) => this.#back(loss),
      onForeignKey: () => this.mend(),
    });
    this.links.add(this.connection.link);
    this.#watch = new MasterWatch(place.address, () => this.#reconnect());
  }

  open(): void {
    this.connection.open();
    this.#watch.open();
    this.#scheduleRenewal();
  }

  /** Ends the connection; nothing can be sent any more. */
  close(): void {
    this.#renewal?.cancel();
    this.#watch.close();
    this.connection.end();
  }

  /** Has to be told that another process flushed. */
  wasReset(): void {
    this.listener.onReset();
  }

  /**
   * Runs a script on the keys of this shard, within the time limit.
   *
   * It is asked again as long as Redis says that it did nothing because it cannot just now.
   */
  run(script: Script, ...args: readonly Argument[]): Promise<unknown> {
    return this.runUntil(this.session.deadline(), script, ...args);
  }

  /** Runs a script as {@link run} does, for a call that has to settle until then. */
  async runUntil(deadline: number, script: Script, ...args: readonly Argument[]): Promise<unknown> {
    const { clock } = this.session;
    const { link } = this.connection;
    for (;;) {
      const left = deadline - clock.now();
      if (left <= 0) throw new RedisUnavailable('its time was over before it was its turn', 'no');
      try {
        return await link.runWithin(left, script, this.keys.root, ...args);
      } catch (error) {
        if (!isNotNow(error)) throw error;
        await this.#rest(deadline);
        if (deadline - clock.now() <= REST_MS || !this.connection.isReady) throw error;
      }
    }
  }

  /** Says whether the time of a message is over. */
  isOver(sentAt: number): boolean {
    return sentAt + this.session.limits.expiryMs <= this.connection.time.now();
  }

  /** Takes note of what a script reports besides its result: the time, and what it found expired. */
  noteReport([now, expired]: readonly unknown[]): void {
    this.connection.time.learn(now as number);
    const pairs = expired as (Buffer | number)[];
    for (let index = 0; index < pairs.length; index += 2) {
      this.session.countExpired(String(pairs[index]), pairs[index + 1] as number);
    }
  }

  /** Removes all keys of the shard, without holding up Redis, and may tell the other processes. */
  async removeAll({ tells }: { readonly tells: boolean }): Promise<void> {
    const { processId } = this.session;
    await this.#eachPage(async (keys) => {
      await this.run(SCRIPTS.remove, tells ? processId : '', ...keys);
    });
  }

  /** Removes keys of a wrong type, which only somebody else can have made: they would stop all. */
  mend(): void {
    if (this.#isMending) return;
    this.#isMending = true;
    // What cannot be done now is done when the next call meets one.
    void this.#mend()
      .catch(() => undefined)
      .finally(() => (this.#isMending = false));
  }

  #reconnect(): void {
    for (const link of this.links) link.reconnect();
  }

  async #mend(): Promise<void> {
    await this.#eachPage(async (keys) => {
      const removed = (await this.run(SCRIPTS.mend, ...keys)) as number;
      if (removed > 0) this.listener.onMended(removed);
    });
  }

  async #eachPage(task: (keys: readonly Buffer[]) => Promise<void>): Promise<void> {
    const { link } = this.connection;
    let cursor = '0';
    do {
      const scan = ['MATCH', this.keys.pattern, 'COUNT', SCAN_COUNT] as const;
      const [next, keys] = (await link.call('SCAN', cursor, ...scan)) as [Buffer, Buffer[]];
      if (keys.length > 0) await task(keys);
      cursor = String(next);
    } while (cursor !== '0');
  }

  /** Rests, and longer while the connection is away: a replica took us for its master. */
  async #rest(deadline: number): Promise<void> {
    const { clock } = this.session;
    do await delay(clock, REST_MS);
    while (!this.connection.isReady && !this.connection.isEnded && clock.now() < deadline);
  }

  async #dispatch(messages: readonly Outgoing[]): Promise<number[]> {
    const { limits, keyLifetimeMs } = this.session;
    const shipment = new Shipment(messages);
    const { arguments: parcels } = shipment;
    const args = [limits.expiryMs, keyLifetimeMs, ...parcels] as const;
    const reply = await this.runUntil(messages[0].deadline, SCRIPTS.send, ...args);
    const [now, expired, outcomes] = reply as [number, unknown[], number[]];
    this.noteReport([now, expired]);
    return shipment.sizes(outcomes);
  }

  #lost(loss: { readonly since: number; readonly reason: string }): void {
    this.groups.remember();
    this.session.tell('lost', loss);
  }

  async #back({ since, isEmpty }: Loss): Promise<void> {
    if (isEmpty) this.listener.onEmptied(this);
    await this.groups.assertAgain({ isEmpty });
    if (isEmpty) this.session.tell('reset');
    else this.session.tell('gap', { since });
  }

  #scheduleRenewal(): void {
    const { clock, limits } = this.session;
    const delayMs = limits.leaseMs / RENEWALS_PER_LEASE;
    this.#renewal = clock.setTimer(() => void this.#renew(), delayMs, { inBackground: true });
  }

  async #renew(): Promise<void> {
    this.#scheduleRenewal();
    if (!this.connection.isReady) return;
    try {
      await this.connection.renew();
      await this.groups.renew();
    } catch (error) {
      process.emitWarning(`Cannot renew leases in Redis: ${reasonOf(error)}`);
    }
  }
}

function isNotNow(error: unknown): boolean {
  if (!(error instanceof RedisUnavailable) || error.executed === 'unknown') return false;
  return NOT_NOW.test(reasonOf(error.cause));
}
