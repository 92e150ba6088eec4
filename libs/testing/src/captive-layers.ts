import type { Clock } from '@nest-channels/core';
import {
  type ChannelLayer,
  type ChannelsModuleOptions,
  ChannelsOverride,
  memoryLayer,
  type MemoryLayerOptions,
  type ServerOptions,
  type WorkerOptions,
} from 'nest-channels';
import type { Faults } from './faults.js';
import { faultyLayer } from './faulty-layer.js';

/** Is what a test changes in the options of an application, beside its layers and its clock. */
export interface TestedOptions {
  readonly server?: ServerOptions;
  readonly worker?: WorkerOptions;
  /** Are the limits of every layer in memory. */
  readonly layer?: MemoryLayerOptions;
}

/** Suits tests: nobody is turned away for coming often, and the end is not spread over time. */
const TEST_SERVER: ServerOptions = { maxHandshakesPerSecond: Infinity, drainMs: 1 };

const DEFAULT_MAX_MESSAGE_BYTES = 1_048_576;
/** Is how much a message may hold beside a frame. */
const BESIDE_FRAME_BYTES = 65_536;

/** Are the parts of captive layers. */
export interface CaptiveParts {
  readonly clock: Clock;
  readonly faults: Faults;
  readonly options: TestedOptions;
}

/**
 * Gives the processes of one test layers in memory, for each alias one that all of them share.
 *
 * They say that they leave the process, and outlive the applications, so that one test can hold
 * several processes of them.
 */
export class CaptiveLayers extends ChannelsOverride {
  readonly #layers = new Map<string, ChannelLayer>();

  constructor(private readonly parts: CaptiveParts) {
    super();
  }

  get all(): ChannelLayer[] {
    return [...this.#layers.values()];
  }

  get aliases(): string[] {
    return [...this.#layers.keys()];
  }

  apply(options: ChannelsModuleOptions): ChannelsModuleOptions {
    const { clock, options: tested } = this.parts;
    const server = { ...TEST_SERVER, ...options.server, ...tested.server };
    const aliases = Object.keys(options.layers ?? { default: undefined });
    const layers = aliases.map((alias) => [alias, () => this.#handle(alias, server)]);
    return {
      ...options,
      clock,
      server: options.server === false ? false : server,
      worker: options.worker === false ? false : { ...options.worker, ...tested.worker },
      layers: Object.fromEntries(layers) as ChannelsModuleOptions['layers'],
    };
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map((layer) => layer.close()));
  }

  #handle(alias: string, server: ServerOptions): ChannelLayer {
    const layer = this.#layers.get(alias) ?? this.#make(server);
    this.#layers.set(alias, layer);
    return handleOf(layer);
  }

  #make({ maxMessageBytes = DEFAULT_MAX_MESSAGE_BYTES }: ServerOptions): ChannelLayer {
    const { clock, faults, options } = this.parts;
    const limits = { maxMessageBytes: maxMessageBytes + BESIDE_FRAME_BYTES, ...options.layer };
    return faultyLayer(memoryLayer({ ...limits, clock }), faults, clock);
  }
}

/** Returns a layer that one process may close without taking it from the others. */
function handleOf(layer: ChannelLayer): ChannelLayer {
  const own: Partial<ChannelLayer> = { reach: 'machine', close: () => Promise.resolve() };
  return new Proxy(layer, {
    get(target, key) {
      const value: unknown = Reflect.get(own, key) ?? Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
