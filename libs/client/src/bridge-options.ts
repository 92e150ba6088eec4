import type { BackoffOptions } from './backoff.js';
import { type ClientClock, wallClock } from './clock.js';
import { afterClose, type AfterClose } from './close-codes.js';
import { type ClientCodec, jsonCodec } from './envelope.js';
import { ClientConfigInvalid } from './errors.js';
import type { HeartbeatOptions } from './liveness.js';
import type { OfflinePolicy } from './send-queue.js';

/** Is a WebSocket class: the global one, or that of the package `ws`. */
export type WebSocketConstructor = new (url: string, protocols?: string | string[]) => object;

/** Are the options of a bridge; those of `connect()` win over those of the constructor. */
export interface BridgeOptions {
  /** Is the class of the sockets; the global `WebSocket` if absent, which Node has from 22 on. */
  readonly WebSocket?: WebSocketConstructor;
  /** Says what becomes of what is sent without a connection; `queue` if absent. */
  readonly offline?: OfflinePolicy;
  /** Is how many messages may wait for a connection; 100 if absent. */
  readonly maxQueuedMessages?: number;
  /** Is how many characters all messages that wait may have; 1,048,576 if absent. */
  readonly maxQueuedCharacters?: number;
  /** Is how long a message may be, in bytes of UTF-8; 1,048,576 if absent, as for the server. */
  readonly maxMessageBytes?: number;
  /** Are the delays between attempts to connect. */
  readonly backoff?: BackoffOptions;
  /** Says what follows a close code; the table of `CLOSE_CODES` if absent. */
  readonly afterClose?: (code: number, reason: string) => AfterClose;
  /** Is how long an attempt to connect may take; 10,000 if absent. */
  readonly connectTimeoutMs?: number;
  /** Is how long a connection has to hold until delays are short again; 5,000 if absent. */
  readonly stableMs?: number;
  /** Is a message that proves the connection alive; none is sent if absent. */
  readonly heartbeat?: HeartbeatOptions;
  /**
   * Is how long page or machine may stand still before the connection is doubted; 60,000 if absent.
   *
   * A server of nest-channels gives up a client after 50 s of silence.
   */
  readonly sleepMs?: number;
  /** Turns messages into text and back; JSON if absent. */
  readonly codec?: ClientCodec;
  /** Is where timers take their time from; the page's clock if absent. */
  readonly clock?: ClientClock;
  /** Returns a number from 0 to below 1, for the delays; `Math.random` if absent. */
  readonly random?: () => number;
}

/** Are the options of a bridge, complete. */
export interface BridgeSettings extends Required<Omit<BridgeOptions, 'heartbeat'>> {
  readonly heartbeat?: HeartbeatOptions | undefined;
}

/**
 * Fills in what was left out.
 *
 * @throws ClientConfigInvalid `CHANNELS_CLIENT_CONFIG_INVALID` without any WebSocket class, and for
 * an option that no timer or queue can keep to
 */
export function bridgeSettings(options: BridgeOptions): BridgeSettings {
  const WebSocket = options.WebSocket ?? globalThis.WebSocket;
  if (!WebSocket) {
    throw new ClientConfigInvalid(
      'there is no WebSocket here: Node 20 needs { WebSocket } of the package ws as an option',
    );
  }
  assertOptions(options);
  return {
    offline: 'queue',
    maxQueuedMessages: 100,
    maxQueuedCharacters: 1024 * 1024,
    maxMessageBytes: 1024 * 1024,
    backoff: {},
    afterClose,
    connectTimeoutMs: 10_000,
    stableMs: 5_000,
    sleepMs: 60_000,
    codec: jsonCodec,
    clock: wallClock,
    random: Math.random,
    ...given(options),
    WebSocket,
  };
}

/** Is the longest time of a timer; a longer one would be over at once. */
const LONGEST_MS = 2 ** 31 - 1;

const POLICIES: ReadonlySet<OfflinePolicy> = /* @__PURE__ */ new Set(['queue', 'drop', 'throw']);

function assertOptions({ offline = 'queue', backoff, heartbeat, ...rest }: BridgeOptions): void {
  if (!POLICIES.has(offline)) throw optionProblem('offline', 'one of queue, drop and throw');
  assertNumbers('', rest);
  assertNumbers('backoff.', backoff);
  assertNumbers('heartbeat.', { ...heartbeat, message: undefined });
}

function assertNumbers(prefix: string, options: object = {}): void {
  for (const [name, value] of Object.entries(options)) {
    if (typeof value !== 'number') continue;
    const most = name.endsWith('Ms') ? LONGEST_MS : Infinity;
    if (!(value >= 1 && value <= most)) throw optionProblem(prefix + name, `from 1 to ${most}`);
  }
}

function optionProblem(name: string, expected: string): ClientConfigInvalid {
  return new ClientConfigInvalid(`the option ${name} has to be ${expected}`);
}

function given(options: BridgeOptions): BridgeOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
