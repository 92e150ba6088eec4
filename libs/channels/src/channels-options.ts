import { type ChannelLayer, type Clock, memoryLayer, systemClock } from '@nest-channels/core';
import { webOrigin } from './web-origin.js';

/**
 * Is a layer, or a function that makes one for each application that starts.
 *
 * The application closes it when it stops; one given to two applications ends with the first.
 */
export type LayerOption = ChannelLayer | (() => ChannelLayer);

/** Are the options of the interface server. */
export interface ServerOptions {
  /** Is the alias of the layer that connections speak over; `default` if absent. */
  readonly layer?: string;
  /**
   * Are the origins whose pages may connect, besides the server's own: `https://app.example`.
   *
   * `'*'` lets every page of the web open sockets with its visitor's cookies. Outside production
   * any loopback origin may connect too. Requests without an `Origin` do not come from a page.
   */
  readonly allowedOrigins?: readonly string[] | '*';
  /** Is how long a connection waits for an answer before it is refused with 503; 5,000 if absent. */
  readonly acceptTimeoutMs?: number;
  /** Is how much a client may send before it is accepted; 65,536 if absent. */
  readonly maxEarlyBytes?: number;
  /** Is how long a frame or message may be, 1009 otherwise; 1,048,576 if absent. */
  readonly maxMessageBytes?: number;
  /** Is how long a closing handshake may take before the socket is cut; 5,000 if absent. */
  readonly closeTimeoutMs?: number;
}

/** Are the options of the worker. */
export interface WorkerOptions {
  /** Is how many messages are handled at the same time; 64 if absent. */
  readonly concurrency?: number;
  /** Says what becomes of a socket that no route matches: refused with 404 if absent. */
  readonly unrouted?: 'deny' | 'accept';
  /** Says what becomes of an open socket whose handler threw: it stays open if absent. */
  readonly onError?: 'keep' | 'close';
  /** Is how long running handlers may take to end when the process stops; 30,000 if absent. */
  readonly shutdownTimeoutMs?: number;
}

/** Are the options of an application's channels. */
export interface ChannelsModuleOptions {
  /** Are the layers by alias; a memory layer as `default` if absent. */
  readonly layers?: Readonly<Record<string, LayerOption>>;
  /** `false` runs no interface server in this application. */
  readonly server?: ServerOptions | false;
  /** `false` runs no worker in this application. */
  readonly worker?: WorkerOptions | false;
  /** Is where timers and expiry take their time from; the system's clock if absent. */
  readonly clock?: Clock;
}

/** Is the alias used where none is given. */
export const DEFAULT_LAYER = 'default';

/** Are the options with every default filled in. */
export class ChannelsSettings {
  readonly layers: Readonly<Record<string, LayerOption>>;
  readonly server: Required<ServerOptions>;
  readonly worker: Required<WorkerOptions>;
  /** Says which of the two an application with an HTTP server runs. */
  readonly embedded: { readonly server: boolean; readonly worker: boolean };
  readonly clock: Clock;

  constructor(options: ChannelsModuleOptions = {}) {
    const clock = options.clock ?? systemClock;
    this.clock = clock;
    this.layers = options.layers ?? { [DEFAULT_LAYER]: () => memoryLayer({ clock }) };
    this.server = withDefaults(SERVER_DEFAULTS, options.server);
    this.worker = withDefaults(WORKER_DEFAULTS, options.worker);
    this.embedded = { server: options.server !== false, worker: options.worker !== false };
  }

  /** Describes every value that cannot work. */
  problems(): string[] {
    const { allowedOrigins } = this.server;
    const origins = allowedOrigins === '*' ? [] : allowedOrigins;
    return [
      ...numberProblems('server', this.server),
      ...numberProblems('worker', this.worker),
      ...origins.filter((origin) => !isOrigin(origin)).map(originProblem),
    ];
  }
}

const SERVER_DEFAULTS: Required<ServerOptions> = {
  layer: DEFAULT_LAYER,
  allowedOrigins: [],
  acceptTimeoutMs: 5_000,
  maxEarlyBytes: 64 * 1024,
  maxMessageBytes: 1024 * 1024,
  closeTimeoutMs: 5_000,
};

const WORKER_DEFAULTS: Required<WorkerOptions> = {
  concurrency: 64,
  unrouted: 'deny',
  onError: 'keep',
  shutdownTimeoutMs: 30_000,
};

function withDefaults<T extends object>(defaults: T, options: Partial<T> | false = {}): T {
  const given = Object.entries(options || {}).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(given) };
}

function numberProblems(owner: string, options: object): string[] {
  const numbers = Object.entries(options).filter(([, value]) => typeof value === 'number');
  const wrong = numbers.filter(([, value]) => !Number.isInteger(value) || value <= 0);
  return wrong.map(
    ([key, value]) => `${owner}.${key}: expected a whole number over 0, got ${value}`,
  );
}

function isOrigin(text: string): boolean {
  return webOrigin(text) === text.toLowerCase();
}

function originProblem(origin: string): string {
  return `server.allowedOrigins: expected an origin like "https://app.example", got "${origin}"`;
}
