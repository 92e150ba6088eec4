import type { ChannelsModuleOptions } from './channels-options.js';
import { ChannelsOverride } from './channels-override.js';
import type { ServerOptions } from './server-options.js';
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

  apply(options: ChannelsModuleOptions): ChannelsModuleOptions {
    return {
      ...options,
      defaultLayer: this.defaultLayer ?? options.defaultLayer,
      server: joined(options.server, this.server),
      worker: joined(options.worker, this.worker),
    };
  }
}

/** Leaves a part that is switched off as it is, as long as nobody says a word about it. */
function joined<T extends object>(options: T | false | undefined, given: T): T | false | undefined {
  const words = Object.entries(given).filter(([, value]) => value !== undefined);
  if (words.length === 0) return options;
  return { ...(options || ({} as T)), ...(Object.fromEntries(words) as Partial<T>) };
}
