import type { ChannelsModuleOptions } from './channels-options.js';
import { ChannelsOverride } from './channels-override.js';
import { CommandLineInvalid } from './errors.js';
import { DEFAULT_LAYER, type ServerOptions } from './server-options.js';
import type { WorkerOptions } from './worker-options.js';

/** Are options that a process was given when it was started; they win over those of its module. */
export class GivenOptions extends ChannelsOverride {
  constructor(
    readonly defaultLayer?: string,
    readonly server: ServerOptions = {},
    readonly worker: WorkerOptions = {},
  ) {
    super();
  }

  /** @throws CommandLineInvalid `CHANNELS_COMMAND_LINE_INVALID` for a layer that the code lacks */
  apply(options: ChannelsModuleOptions): ChannelsModuleOptions {
    this.#checkLayer(Object.keys(options.layers ?? { [DEFAULT_LAYER]: undefined }));
    return {
      ...options,
      defaultLayer: this.defaultLayer ?? options.defaultLayer,
      server: joined(options.server, this.server),
      worker: joined(options.worker, this.worker),
    };
  }

  #checkLayer(known: readonly string[]): void {
    const { defaultLayer } = this;
    if (defaultLayer === undefined || known.includes(defaultLayer)) return;
    const names = known.map((name) => `"${name}"`).join(', ');
    throw new CommandLineInvalid(
      `--layer: there is no layer "${defaultLayer}"; ChannelsModule has ${names}`,
    );
  }
}

/** Leaves a part that is switched off as it is, as long as nobody says a word about it. */
function joined<T extends object>(options: T | false | undefined, given: T): T | false | undefined {
  const words = Object.entries(given).filter(([, value]) => value !== undefined);
  if (words.length === 0) return options;
  return { ...(options || ({} as T)), ...(Object.fromEntries(words) as Partial<T>) };
}
