import type { ChannelLayer } from '@nest-channels/core';
import { Injectable } from '@nestjs/common';
import { ChannelsSettings } from './channels-options.js';
import { UnknownLayer } from './errors.js';
import { logLosses } from './layer-log.js';

/** Holds the layers of one application by alias. */
@Injectable()
export class Layers {
  readonly #layers: ReadonlyMap<string, ChannelLayer>;

  constructor(private readonly settings: ChannelsSettings) {
    const layers = Object.entries(settings.layers).map(
      ([alias, layer]) => [alias, typeof layer === 'function' ? layer() : layer] as const,
    );
    this.#layers = new Map(layers);
    for (const [alias, layer] of layers) logLosses(alias, layer);
  }

  /** Is the alias used where none is given. */
  get defaultAlias(): string {
    return this.settings.defaultLayer;
  }

  get aliases(): string[] {
    return [...this.#layers.keys()];
  }

  has(alias: string): boolean {
    return this.#layers.has(alias);
  }

  /** @throws UnknownLayer `CHANNELS_LAYER_UNKNOWN` */
  get(alias: string): ChannelLayer {
    const layer = this.#layers.get(alias);
    if (!layer) throw new UnknownLayer(alias, this.aliases);
    return layer;
  }

  /**
   * Resolves when every layer can carry messages; closes them all if one cannot.
   *
   * @throws ChannelsError as the layer that cannot says it
   */
  async ready(): Promise<void> {
    try {
      await Promise.all([...this.#layers.values()].map(async (layer) => layer.ready?.()));
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#layers.values()].map((layer) => layer.close()));
  }
}
