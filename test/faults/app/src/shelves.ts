import { delay, systemClock } from '@nest-channels/core';
import { type RedisLayer, redisLayer } from '@nest-channels/redis';
import { layerOptions } from './layer-options.js';
import type { Report } from './report.js';

/** Is where something is put, and for how long it keeps. */
interface Shelf extends Report {
  readonly kind: 'put' | 'take';
  readonly channel: string;
  readonly expiryMs: number;
  /** Is how long to wait for something to take. */
  readonly withinMs?: number;
}

/** Puts messages on channels that nobody else reads, and takes them, by the clock of this process. */
export class Shelves {
  readonly #layers = new Map<number, RedisLayer>();

  /** Does what is asked, and reports of it. */
  async answer(asked: Report): Promise<void> {
    const shelf = asked as Shelf;
    if (shelf.kind === 'put') await this.#layer(shelf).send(shelf.channel, { id: shelf.channel });
    const taken = shelf.kind === 'take' ? await this.#take(shelf) : 0;
    process.send?.({ kind: shelf.kind, taken });
  }

  async #take(shelf: Shelf): Promise<number> {
    const patience = new AbortController();
    const { signal } = patience;
    void delay(systemClock, shelf.withinMs ?? 0, signal).then(() => patience.abort());
    const taken = await this.#layer(shelf).receive([shelf.channel], { signal });
    patience.abort();
    return taken.length;
  }

  #layer({ expiryMs }: Shelf): RedisLayer {
    const layer = this.#layers.get(expiryMs) ?? this.#newLayer(expiryMs);
    this.#layers.set(expiryMs, layer);
    return layer;
  }

  #newLayer(expiryMs: number): RedisLayer {
    return redisLayer({ ...layerOptions(), prefix: `shelf-${expiryMs}`, expiryMs });
  }
}
