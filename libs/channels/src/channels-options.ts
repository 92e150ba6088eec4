import { type ChannelLayer, type Clock, memoryLayer, systemClock } from '@nest-channels/core';
import {
  type ClientScriptOptions,
  clientScriptProblems,
} from './client-script/client-script-options.js';
import { hostProblems } from './origin/allowed-hosts.js';
import {
  DEFAULT_LAYER,
  SERVER_DEFAULTS,
  type ServerOptions,
  serverProblems,
  type ServerSettings,
} from './server-options.js';
import { WORKER_DEFAULTS, type WorkerOptions, type WorkerSettings } from './worker-options.js';

/**
 * Is a layer, or a function that makes one for each application that starts.
 *
 * The application closes it when it stops; one given to two applications ends with the first.
 */
export type LayerOption = ChannelLayer | (() => ChannelLayer);

/** Are the options of an application's channels. */
export interface ChannelsModuleOptions {
  /**
   * Are the layers by alias; a memory layer as `default` if absent.
   *
   * That one carries the longest frame the server takes. One of your own should allow some more
   * than `server.maxMessageBytes`, or such a frame cannot be answered in kind.
   */
  readonly layers?: Readonly<Record<string, LayerOption>>;
  /**
   * Is the alias used where none is given; `default` if absent.
   *
   * A process of its own may be told another one with `--layer`.
   */
  readonly defaultLayer?: string;
  /** `false` runs no interface server in this application. */
  readonly server?: ServerOptions | false;
  /** `false` runs no worker in this application. */
  readonly worker?: WorkerOptions | false;
  /**
   * Says whether global guards, interceptors, pipes and filters run around handlers too.
   *
   * `true` if absent, as in Nest 12's gateways; `false` leaves only those of method and class.
   */
  readonly globalEnhancers?: boolean;
  /**
   * Are the hosts whose pages `@AllowedHostsOnly()` lets connect; see there.
   *
   * If absent, those of this machine outside production, and none in production.
   */
  readonly allowedHosts?: readonly string[];
  /**
   * Serves the script of `@nest-channels/client` at a path, for pages without a build of their own.
   *
   * Nothing is served if absent. The package has to be installed.
   */
  readonly client?: ClientScriptOptions;
  /** Is where timers and expiry take their time from; the system's clock if absent. */
  readonly clock?: Clock;
}

/** Is how much a message may hold beside a frame. */
const BESIDE_FRAME_BYTES = 64 * 1024;

/** Are the options with every default filled in. */
export class ChannelsSettings {
  readonly layers: Readonly<Record<string, LayerOption>>;
  readonly defaultLayer: string;
  readonly server: ServerSettings;
  readonly worker: WorkerSettings;
  /** Says which of the two an application with an HTTP server runs. */
  readonly embedded: { readonly server: boolean; readonly worker: boolean };
  readonly globalEnhancers: boolean;
  readonly allowedHosts: readonly string[];
  readonly client: ClientScriptOptions | undefined;
  readonly clock: Clock;

  constructor(options: ChannelsModuleOptions = {}) {
    const clock = options.clock ?? systemClock;
    this.clock = clock;
    this.globalEnhancers = options.globalEnhancers ?? true;
    this.allowedHosts = options.allowedHosts ?? [];
    this.client = options.client;
    this.defaultLayer = options.defaultLayer ?? DEFAULT_LAYER;
    this.server = withDefaults({ ...SERVER_DEFAULTS, layer: this.defaultLayer }, options.server);
    this.layers = options.layers ?? { [DEFAULT_LAYER]: () => this.#memoryLayer() };
    this.worker = withDefaults(WORKER_DEFAULTS, options.worker);
    this.embedded = { server: options.server !== false, worker: options.worker !== false };
  }

  /** Makes a layer that carries the longest frame of a client, and the same as a reply. */
  #memoryLayer(): ChannelLayer {
    const maxMessageBytes = this.server.maxMessageBytes + BESIDE_FRAME_BYTES;
    return memoryLayer({ clock: this.clock, maxMessageBytes });
  }

  /** Describes every value that cannot work. */
  problems(): string[] {
    return [
      ...numberProblems('server', this.server),
      ...numberProblems('worker', this.worker),
      ...serverProblems(this.server),
      ...hostProblems('allowedHosts', this.allowedHosts),
      ...clientScriptProblems(this.client),
    ];
  }
}

function withDefaults<T extends object>(defaults: T, options: Partial<T> | false = {}): T {
  const given = Object.entries(options || {}).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(given) };
}

function numberProblems(owner: string, options: object): string[] {
  const numbers = Object.entries(options).filter(([, value]) => typeof value === 'number');
  const wrong = numbers.filter(([, value]) => !isLimit(value as number));
  return wrong.map(
    ([key, value]) => `${owner}.${key}: expected a whole number over 0, got ${value}`,
  );
}

/** Infinity is a limit too: none. */
function isLimit(value: number): boolean {
  return value > 0 && (Number.isInteger(value) || value === Infinity);
}
