import { randomBytes } from 'node:crypto';
import { type Clock, type ChannelsError, reasonOf } from '@nest-channels/core';
import type { RedisOptions } from 'ioredis';
import { ForeignLayout, RedisTooOld, RedisUnavailable } from './errors.js';
import type { Keys } from './keys.js';
import type { Layout } from './layout.js';
import { RedisLink } from './redis-link.js';
import { ServerTime } from './server-time.js';

/** Are the options of the connection for commands. */
export interface ConnectionOptions {
  readonly address: RedisOptions;
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly keys: Keys;
  /** Is what has to be agreed on before anything is written. */
  readonly layout: Layout;
  /** Is called when the connection is there for the first time, before anything else uses it. */
  readonly onFirst: () => Promise<void>;
  /** Is called when the connection is back, before anything else uses it. */
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
  #settled: () => void;
  readonly #whenSettled = new Promise<void>((resolve) => (this.#settled = resolve));

  constructor(private readonly options: ConnectionOptions) {
    const { address, clock, timeoutMs } = options;
    this.time = new ServerTime(clock);
    this.link = new RedisLink({
      address,
      clock,
      timeoutMs,
      silenceMs: 3 * timeoutMs,
      onConnected: () => void this.#connected(),
      onLost: () => this.#lost(),
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
    if (this.#state !== 'ready') throw new RedisUnavailable('Redis is not connected', 'no');
  }

  /** Refuses whatever is asked for from now on. */
  close(): void {
    this.#state = 'closed';
    this.#settled();
  }

  /** Ends the connection. */
  end(): void {
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
      if (this.#state !== 'closed') process.emitWarning(`Redis: ${reasonOf(error)}`);
    }
  }

  async #greet(): Promise<void> {
    if (this.link.refusal) throw this.link.refusal;
    assertVersion(String(await this.link.call('INFO', 'server')));
    await this.options.layout.agree(this.link);
    const isEmpty = await this.#agreeOnEpoch();
    this.time.forget();
    const [seconds, micros] = (await this.link.call('TIME')) as Buffer[];
    this.time.learn(Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000));
    if (this.#state === 'connecting') await this.options.onFirst();
    if (this.#state === 'lost') await this.options.onBack({ since: this.#lostAt, isEmpty });
    if (this.#state === 'connecting' || this.#state === 'lost') this.#state = 'ready';
    this.#settled();
  }

  /** Says whether Redis is another than the one we knew: then all it held is gone. */
  async #agreeOnEpoch(): Promise<boolean> {
    const key = this.options.keys.epoch;
    await this.link.call('SET', key, randomBytes(12).toString('base64url'), 'NX');
    const epoch = String(await this.link.call('GET', key));
    const isOther = this.#epoch !== undefined && this.#epoch !== epoch;
    this.#epoch = epoch;
    return isOther;
  }
}

function isFinal(error: unknown): error is ChannelsError {
  return error instanceof RedisTooOld || error instanceof ForeignLayout;
}

function assertVersion(info: string): void {
  const version = /^(?:redis_version):(\S+)/m.exec(info)?.[1] ?? 'unknown';
  if (Number.parseInt(version, 10) < 7) throw new RedisTooOld(version);
}
