import { randomBytes } from 'node:crypto';
import { type Clock, type ChannelsError, reasonOf, type Timer } from '@nest-channels/core';
import { ForeignLayout, RedisRefused, RedisTooOld, RedisUnavailable } from './errors.js';
import type { Keys } from './keys.js';
import type { Layout } from './layout.js';
import { RedisLink } from './redis-link.js';
import { SCRIPTS } from './scripts.js';
import { ServerTime } from './server-time.js';
import type { ShardPlace } from './topology.js';

/** Is how long a Redis that refused the greeting is left alone. */
const REST_MS = 250;

/** Are the options of the connection for commands. */
export interface ConnectionOptions {
  readonly place: ShardPlace;
  readonly clock: Clock;
  readonly processId: string;
  readonly keys: Keys;
  /** Is what has to be agreed on before anything is written. */
  readonly layout: Layout;
  readonly timeoutMs: number;
  /** Is how long Redis remembers that this process is there. */
  readonly leaseMs: number;
  /** Is how long what says how a prefix is used outlives the last process that uses it. */
  readonly signLifetimeMs: number;
  /** Is called when the connection is lost, before anything else can be asked. */
  readonly onLost: (event: { readonly since: number; readonly reason: string }) => void;
  readonly onForeignKey: () => void;
  /** Is called when the connection is back, before anything else uses it; again if it rejects. */
  readonly onBack: (loss: Loss) => Promise<void>;
}

/** Is what may have been missed while the connection was away. */
export interface Loss {
  /** Is since when it was away, by the clock of the layer. */
  readonly since: number;
  /** Says that Redis came back without what it held. */
  readonly isEmpty: boolean;
}

/**
 * Is the connection of a layer for all that does not wait in Redis.
 *
 * States: connecting → ready ⇄ lost → closed; refused is final, too.
 */
export class Connection {
  readonly link: RedisLink;
  readonly time: ServerTime;
  #state: 'connecting' | 'ready' | 'lost' | 'refused' | 'closed' = 'connecting';
  #refusal?: ChannelsError;
  #lostAt = 0;
  #epoch?: string;
  /** Says that what is known has not been asserted since Redis was found empty. */
  #isEmptied = false;
  #nextGreeting?: Timer;
  /** Are the reasons for which a greeting failed since the connection was there last. */
  readonly #told = new Set<string>();
  #settled: () => void;
  readonly #whenSettled = new Promise<void>((resolve) => (this.#settled = resolve));

  constructor(private readonly options: ConnectionOptions) {
    const { clock, place, timeoutMs } = options;
    this.time = new ServerTime(clock);
    this.link = new RedisLink({
      address: place.address,
      clock,
      timeoutMs,
      silenceMs: 3 * timeoutMs,
      onConnected: () => void this.#connected(),
      onLost: () => this.#lost(),
      onForeignKey: options.onForeignKey,
    });
  }

  open(): void {
    this.link.open();
  }

  /**
   * Resolves when commands can be sent; waits only for the very first connection.
   *
   * @throws RedisUnavailable `CHANNELS_LAYER_UNAVAILABLE`
   * @throws RedisRefused `CHANNELS_REDIS_REFUSED`
   * @throws RedisTooOld `CHANNELS_REDIS_TOO_OLD`
   */
  async ready(): Promise<void> {
    if (this.#state === 'connecting') await this.#first();
    this.assertReady();
  }

  get isReady(): boolean {
    return this.#state === 'ready';
  }

  /** Waits for the very first connection only, and lets be whether there is one now. */
  async settled(): Promise<void> {
    this.assertOpen();
    if (this.#state === 'connecting') await this.#first();
    if (this.#refusal) throw this.#refusal;
  }

  /** Throws when the layer was closed, or Redis will never let it in. */
  assertOpen(): void {
    if (this.#refusal) throw this.#refusal;
    if (this.#state === 'closed') throw new RedisUnavailable('it is closed', 'no');
  }

  /** Throws unless commands can be sent at once. */
  assertReady(): void {
    this.assertOpen();
    if (this.#state === 'ready') return;
    const { problem } = this.link;
    throw new RedisUnavailable(`Redis is not connected${problem ? ` (${problem})` : ''}`, 'no');
  }

  /** Says that it will never be ready again. */
  get isEnded(): boolean {
    return this.#state === 'closed' || this.#state === 'refused';
  }

  /** Tells Redis that this process is still there; finds out if Redis was emptied meanwhile. */
  async renew(): Promise<void> {
    await this.#enter();
    const isEmpty = this.#isEmptied;
    if (isEmpty) await this.options.onBack({ since: this.options.clock.now(), isEmpty });
    this.#isEmptied = false;
  }

  /** Refuses whatever is asked for from now on. */
  close(): void {
    this.#state = 'closed';
    this.#settled();
  }

  /** Ends the connection. */
  end(): void {
    this.#nextGreeting?.cancel();
    this.link.close();
  }

  #first(): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.options.clock.setTimer(resolve, this.options.timeoutMs);
      void this.#whenSettled.then(resolve).finally(() => timer.cancel());
    });
  }

  #lost(): void {
    if (this.link.refusal) return this.#refuse(this.link.refusal);
    if (this.#state !== 'ready') return;
    this.#state = 'lost';
    this.#lostAt = this.options.clock.now();
    this.options.onLost({ since: this.#lostAt, reason: this.link.problem ?? 'connection closed' });
  }

  #refuse(refusal: ChannelsError): void {
    if (this.#state === 'closed') return;
    this.#state = 'refused';
    this.#refusal ??= refusal;
    this.link.close();
    this.#settled();
  }

  async #connected(): Promise<void> {
    try {
      await this.#greet();
    } catch (error) {
      if (isFinal(error)) return this.#refuse(error);
      if (this.link.refusal) return this.#refuse(this.link.refusal);
      if (this.#state === 'closed') return;
      this.#tellOnce(reasonOf(error));
      this.#greetAgain();
    }
  }

  #tellOnce(reason: string): void {
    if (!this.#told.has(reason)) process.emitWarning(`Redis: ${reason}`);
    this.#told.add(reason);
  }

  /** Tries again on the same connection: one that is lost meanwhile says so, and greets by itself. */
  #greetAgain(): void {
    this.#nextGreeting?.cancel();
    this.#nextGreeting = this.options.clock.setTimer(() => {
      if (this.link.isReady && this.#state !== 'ready') void this.#connected();
    }, REST_MS);
  }

  async #greet(): Promise<void> {
    if (this.link.refusal) throw this.link.refusal;
    assertServer(String(await this.link.call('INFO', 'server')), this.options.place);
    this.time.forget();
    await this.link.load(Object.values(SCRIPTS));
    await this.#enter();
    const isEmpty = this.#isEmptied;
    if (this.#state === 'lost') await this.options.onBack({ since: this.#lostAt, isEmpty });
    this.#isEmptied = false;
    this.#told.clear();
    if (this.#state === 'connecting' || this.#state === 'lost') this.#state = 'ready';
    this.#settled();
  }

  /** Finds out whether Redis is another than the one we knew: then all it held is gone. */
  async #enter(): Promise<void> {
    const { keys, layout, leaseMs, processId, signLifetimeMs } = this.options;
    await layout.agree(this.link);
    const candidate = randomBytes(12).toString('base64url');
    const args = [candidate, signLifetimeMs, processId, leaseMs] as const;
    const reply = await this.link.run(SCRIPTS.enter, keys.root, ...args);
    const [now, epoch] = reply as [number, Buffer];
    this.time.learn(now);
    if (this.#epoch !== undefined && this.#epoch !== String(epoch)) this.#isEmptied = true;
    this.#epoch = String(epoch);
  }
}

function assertServer(info: string, { isInCluster }: ShardPlace): void {
  const version = fieldOf(info, 'redis_version');
  if (Number.parseInt(version, 10) < 7) throw new RedisTooOld(version);
  // Valkey names it otherwise.
  const isCluster = ['redis_mode', 'server_mode'].some((name) => fieldOf(info, name) === 'cluster');
  if (isCluster && !isInCluster) {
    throw new RedisRefused('it is part of a cluster, which has to be given as "cluster"');
  }
}

function fieldOf(info: string, name: string): string {
  return new RegExp(`^${name}:(\\S+)`, 'm').exec(info)?.[1] ?? 'unknown';
}

/** Are the errors that no other try could mend. */
function isFinal(error: unknown): error is ChannelsError {
  return [RedisTooOld, ForeignLayout, RedisRefused].some((kind) => error instanceof kind);
}
