import type { ChannelLayer, Received, ReceiveOptions } from './channel-layer.js';
import { type Clock, delay, systemClock } from './clock.js';
import type { Content } from './content.js';
import { tell } from './layer-events.js';
import type { LayerStatistics } from './layer-statistics.js';
import { seededRandom } from './seeded-random.js';

/** Is how a layer is made worse than it is. */
export interface ResilienceOptions {
  /** Decides what is lost and how long things take: the same seed, the same faults. */
  readonly seed: number;
  /** Is the share of sends that are lost, 0 to 1; group sends are lost as a whole. */
  readonly dropRate?: number;
  /** Is how long a send takes at most before it is carried out, in order per target. */
  readonly delayMs?: number;
  /** Is how long each receive holds what it got before it hands it over. */
  readonly slowReaderMs?: number;
  readonly clock?: Clock;
}

/**
 * Wraps a layer so that it loses, delays and dawdles, for tests of an application's resilience.
 *
 * It keeps every promise of a layer: order stays, nothing is doubled, and what it loses is told by
 * the event `dropped` with reason `resilience`.
 */
export function resilienceLayer(layer: ChannelLayer, options: ResilienceOptions): ChannelLayer {
  const faults = new Faults(layer, options);
  const overrides: Partial<ChannelLayer> = {
    send: (channel, content) => faults.send(channel, () => layer.send(channel, content)),
    groupSend: (group, content: Content) =>
      faults.send(`group ${group}`, () => layer.groupSend(group, content)),
    receive: (channels, receiving) => faults.receive(channels, receiving),
    statistics: () => faults.statistics(),
  };
  return new Proxy(layer, {
    get(target, key) {
      const own: unknown = Reflect.get(overrides, key);
      if (own !== undefined) return own;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

class Faults {
  readonly #lines = new Map<string, Promise<void>>();
  readonly #clock: Clock;
  readonly #next: () => number;
  #lost = 0;

  constructor(
    private readonly layer: ChannelLayer,
    private readonly options: ResilienceOptions,
  ) {
    this.#clock = options.clock ?? systemClock;
    this.#next = seededRandom(options.seed);
  }

  send(target: string, send: () => Promise<void>): Promise<void> {
    if (this.#next() < (this.options.dropRate ?? 0)) {
      this.#lost++;
      tell(this.layer.events, 'dropped', { channel: target, reason: 'resilience', messages: 1 });
      return Promise.resolve();
    }
    return this.#inLine(target, this.#next() * (this.options.delayMs ?? 0), send);
  }

  statistics(): LayerStatistics {
    const statistics = this.layer.statistics();
    return { ...statistics, dropped: { ...statistics.dropped, resilience: this.#lost } };
  }

  async receive(channels: readonly string[], options: ReceiveOptions): Promise<Received[]> {
    const messages = await this.layer.receive(channels, options);
    const { slowReaderMs = 0 } = this.options;
    if (slowReaderMs > 0 && messages.length > 0) await delay(this.#clock, slowReaderMs);
    return messages;
  }

  /** A send waits for the ones before it, so that a short delay cannot overtake a long one. */
  #inLine(target: string, delayMs: number, send: () => Promise<void>): Promise<void> {
    if (this.options.delayMs === undefined) return send();
    const earlier = this.#lines.get(target) ?? Promise.resolve();
    const sent = earlier.then(() => delay(this.#clock, delayMs)).then(send);
    const line = sent.catch(() => undefined);
    this.#lines.set(target, line);
    void line.then(() => this.#lines.get(target) === line && this.#lines.delete(target));
    return sent;
  }
}
