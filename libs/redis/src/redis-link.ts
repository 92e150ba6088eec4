import {
  type Executed,
  type ChannelsError,
  type Clock,
  reasonOf,
  type Timer,
} from '@nest-channels/core';
import { Redis, type RedisOptions } from 'ioredis';
import { RedisRefused, RedisUnavailable, RedisUntrusted } from './errors.js';
import type { Script } from './scripts.js';

/** Is one argument of a Redis command. */
export type Argument = string | number | Buffer;

/** Are the options of one connection. */
export interface LinkOptions {
  readonly address: RedisOptions;
  readonly clock: Clock;
  /** Is how long a call may take. */
  readonly timeoutMs: number;
  /** Is how long the connection may be silent while an answer is due, before it is given up. */
  readonly silenceMs: number;
  /** Is called whenever the connection is there, at first and again. */
  readonly onConnected?: () => void;
  readonly onLost?: () => void;
  /** Is called when a key is not of the type that it has to be of. */
  readonly onForeignKey?: () => void;
}

/** Are the settings that keep ioredis from sending anything twice and from waiting for ever. */
const AT_MOST_ONCE = {
  autoResendUnfulfilledCommands: false,
  // Nobody would hear of one that fails; who subscribes does so whenever the connection is there.
  autoResubscribe: false,
  maxRetriesPerRequest: 0,
  enableOfflineQueue: false,
  lazyConnect: true,
  // How long loading takes is only guessed by Redis.
  maxLoadingRetryTime: 500,
  // What we wait for has been answered when we disconnect; a dead socket would hold a timer.
  disconnectTimeout: 0,
  protocol: 2,
} as const satisfies RedisOptions;

const FIRST_RETRY_MS = 50;
/** Is short enough that everybody is back within five seconds, whenever Redis is. */
const LAST_RETRY_MS = 2_000;

const REFUSALS = /^(WRONGPASS|NOAUTH|NOPERM)|invalid (username-)?password|invalid DB|DB index/i;
const NOT_EXECUTED =
  /^(LOADING|READONLY|NOREPLICAS|OOM|MISCONF|BUSY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|MOVED|ASK|NOPERM|NOAUTH)\b/;

/** Are the answers of a server that is not, or no longer, the one to ask. */
const ELSEWHERE = /^(READONLY|MOVED)\b/;

/** Are the codes of what TLS finds wrong with a certificate (Node.js, "X509 certificate error codes"). */
const UNTRUSTED = /^(CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|ERR_TLS_CERT|INVALID_CA|HOSTNAME_)/;

/**
 * Is one connection to Redis that comes back by itself.
 *
 * A call is written once and never repeated: it is answered, or fails within the time limit.
 */
export class RedisLink {
  readonly #redis: Redis;
  #refusal?: ChannelsError;
  #problem?: string;
  #attempts = 0;
  #retry?: Timer;
  #isClosed = false;

  constructor(private readonly options: LinkOptions) {
    this.#redis = new Redis({
      ...options.address,
      ...AT_MOST_ONCE,
      connectTimeout: options.timeoutMs,
      socketTimeout: options.silenceMs,
      retryStrategy: (times) => (this.#refusal ? null : backOffMs(times)),
      reconnectOnError: (error) => ELSEWHERE.test(error.message),
    });
    this.#redis.on('error', (error: Error) => this.#noticed(error));
    this.#redis.on('ready', () => this.#connected());
    this.#redis.on('close', () => options.onLost?.());
    this.#redis.on('end', () => this.#ended());
  }

  get isReady(): boolean {
    return !this.#isClosed && this.#redis.status === 'ready';
  }

  /** Is why Redis does not let us in, if it does not. */
  get refusal(): ChannelsError | undefined {
    return this.#refusal;
  }

  /** Is what went wrong when it was tried to connect, until that is done. */
  get problem(): string | undefined {
    return this.#problem;
  }

  open(): void {
    // What goes wrong is told by the events, and tried again.
    this.#redis.connect().catch(() => undefined);
  }

  /**
   * Runs a command within the time limit.
   *
   * @throws RedisUnavailable `CHANNELS_LAYER_UNAVAILABLE`
   */
  call(command: string, ...args: readonly Argument[]): Promise<unknown> {
    return this.#within(this.options.timeoutMs, this.wait(command, ...args));
  }

  /** Runs a command that waits by itself; only a silent connection ends it early. */
  async wait(command: string, ...args: readonly Argument[]): Promise<unknown> {
    if (this.#isClosed) throw new RedisUnavailable('it is closed', 'no');
    try {
      return await this.#redis.callBuffer(command, [...args]);
    } catch (error) {
      throw this.#unavailable(error);
    }
  }

  /** Runs a script within the time limit. */
  run(script: Script, root: string, ...args: readonly Argument[]): Promise<unknown> {
    return this.runWithin(this.options.timeoutMs, script, root, ...args);
  }

  /**
   * Makes scripts known to Redis before they are used.
   *
   * One that is not known has to be sent along, and what was asked after it could come before it.
   */
  async load(scripts: readonly Script[]): Promise<void> {
    // Where that is not allowed, a script is sent along when it is used first.
    await Promise.allSettled(scripts.map(({ lua }) => this.call('SCRIPT', 'LOAD', lua)));
  }

  /** Runs a script within another time limit. */
  runWithin(
    ms: number,
    script: Script,
    root: string,
    ...args: readonly Argument[]
  ): Promise<unknown> {
    return this.#within(ms, this.#evaluate(script, root, args));
  }

  /** Connects anew, to whichever server is the one by now. */
  reconnect(): void {
    if (this.isReady) this.#redis.disconnect(true);
  }

  /** Ends the connection at once. */
  close(): void {
    this.#isClosed = true;
    this.#retry?.cancel();
    this.#redis.disconnect();
  }

  #connected(): void {
    this.#attempts = 0;
    this.#problem = undefined;
    this.options.onConnected?.();
  }

  /** Tries again where it was not even known which server to connect to. */
  #ended(): void {
    this.options.onLost?.();
    if (this.#isClosed || this.#refusal) return;
    const { clock } = this.options;
    this.#retry = clock.setTimer(() => this.open(), backOffMs(++this.#attempts));
  }

  async #evaluate(script: Script, root: string, args: readonly Argument[]): Promise<unknown> {
    try {
      return await this.#redis.callBuffer('EVALSHA', [script.sha, 1, root, ...args]);
    } catch (error) {
      if (!reasonOf(error).startsWith('NOSCRIPT')) throw this.#unavailable(error);
      return this.wait('EVAL', script.lua, 1, root, ...args);
    }
  }

  #within(ms: number, answer: Promise<unknown>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const timer = this.options.clock.setTimer(
        () => reject(new RedisUnavailable(`no answer within ${Math.round(ms)} ms`, 'unknown')),
        ms,
      );
      const settled =
        <T>(settle: (outcome: T) => void) =>
        (outcome: T): void => {
          timer.cancel();
          settle(outcome);
        };
      answer.then(settled(resolve), settled(reject));
    });
  }

  #noticed(error: Error & { readonly code?: unknown }): void {
    const { message: reason, code } = error;
    this.#problem = reason;
    if (REFUSALS.test(reason)) this.#refusal ??= new RedisRefused(reason);
    if (UNTRUSTED.test(String(code))) {
      this.#refusal ??= new RedisUntrusted(reason, { cause: error });
    }
  }

  #unavailable(error: unknown): RedisUnavailable {
    if (reasonOf(error).startsWith('WRONGTYPE')) this.options.onForeignKey?.();
    return new RedisUnavailable(reasonOf(error), executed(error), { cause: error });
  }
}

/** Tells what is known: an error that Redis answered with, or a request that was never written. */
function executed(error: unknown): Executed {
  const reason = reasonOf(error);
  return NOT_EXECUTED.test(reason) || reason.startsWith("Stream isn't writeable")
    ? 'no'
    : 'unknown';
}

/** Spreads reconnects over the whole time: many processes lose Redis at the same moment. */
function backOffMs(times: number): number {
  const most = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(times - 1, 10));
  return FIRST_RETRY_MS / 2 + Math.random() * most;
}
