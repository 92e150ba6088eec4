import type { WorkerSettings } from '../worker-options.js';
import { ChannelGlob } from './channel-glob.js';

/** Is the choice of channels that a worker reads. */
export class ChannelSelection {
  readonly #only: readonly ChannelGlob[];
  readonly #exclude: readonly ChannelGlob[];

  constructor(options: Pick<WorkerSettings, 'onlyChannels' | 'excludeChannels'>) {
    this.#only = options.onlyChannels.map((glob) => new ChannelGlob(glob));
    this.#exclude = options.excludeChannels.map((glob) => new ChannelGlob(glob));
  }

  /** Tells whether a channel is kept by any glob, if there are some, and excluded by none. */
  has(channel: string): boolean {
    const isKept = this.#only.length === 0 || this.#only.some((glob) => glob.matches(channel));
    return isKept && !this.#exclude.some((glob) => glob.matches(channel));
  }
}
