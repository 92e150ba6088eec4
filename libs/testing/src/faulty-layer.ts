import {
  type ChannelLayer,
  type Clock,
  type Content,
  LayerUnavailable,
  type Received,
  type ReceiveOptions,
  resilienceLayer,
  seededRandom,
  type Subscription,
} from '@nest-channels/core';
import type { Faults } from './faults.js';

/** Are the methods that fail, by their promise, while a layer is down. */
const FAILING = ['groupAdd', 'groupDiscard', 'groupChannels', 'newChannel', 'flush'] as const;

/** Wraps a layer so that it has the faults of a test, and can be taken away and brought back. */
export function faultyLayer(layer: ChannelLayer, faults: Faults, clock: Clock): ChannelLayer {
  const { seed = 1, dropRate, delayMs, slowReaderMs } = faults.options;
  const worse = { seed, dropRate, delayMs, slowReaderMs, clock };
  const isWorse = [dropRate, delayMs, slowReaderMs].some((fault) => fault !== undefined);
  const inner = isWorse ? resilienceLayer(layer, worse) : layer;
  const outage = new Outage(inner, faults);
  return new Proxy(inner, {
    get(target, key) {
      const own = outage.methods.get(key);
      if (own) return own;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** Stands between an application and a layer that may be down. */
class Outage {
  readonly #random: () => number;
  readonly methods: ReadonlyMap<string | symbol, unknown>;

  constructor(
    private readonly layer: ChannelLayer,
    private readonly faults: Faults,
  ) {
    this.#random = seededRandom(faults.options.seed ?? 1);
    const failing = FAILING.map((name) => [name, this.#failing(name)] as const);
    this.methods = new Map<string | symbol, unknown>([
      ...failing,
      [
        'send',
        (channel: string, content: Content) => this.#send(() => layer.send(channel, content)),
      ],
      [
        'groupSend',
        (group: string, content: Content) => this.#send(() => layer.groupSend(group, content)),
      ],
      ['receive', this.#receive],
      ['subscribe', this.#subscribe],
    ]);
  }

  #failing(name: (typeof FAILING)[number]): (...args: never[]) => Promise<unknown> {
    const method = this.layer[name].bind(this.layer) as (...args: never[]) => Promise<unknown>;
    return async (...args) => {
      this.#assertUp();
      return method(...args);
    };
  }

  async #send(send: () => Promise<void>): Promise<void> {
    this.#assertUp();
    await send();
    const { duplicateRate = 0 } = this.faults.options;
    if (duplicateRate > 0 && this.#random() < duplicateRate) await send();
  }

  /** Whoever waits when the layer goes down hears of it; what was there stays there. */
  readonly #receive = async (
    channels: readonly string[],
    { signal, ...options }: ReceiveOptions,
  ): Promise<Received[]> => {
    this.#assertUp();
    const outage = new AbortController();
    const stop = this.faults.listen(() => outage.abort());
    try {
      const either = AbortSignal.any([signal, outage.signal]);
      const received = await this.layer.receive(channels, { ...options, signal: either });
      if (received.length === 0 && !signal.aborted) this.#assertUp();
      return received;
    } finally {
      stop();
    }
  };

  readonly #subscribe = (
    channels: readonly string[],
    listener: (message: Received) => void,
  ): Subscription => {
    this.#assertUp();
    const subscription = this.layer.subscribe(channels, listener);
    const stop = this.faults.listen(() =>
      this.faults.isDown ? subscription.pause() : subscription.resume(),
    );
    return {
      pause: () => subscription.pause(),
      resume: () => subscription.resume(),
      close: () => {
        stop();
        subscription.close();
      },
    };
  };

  #assertUp(): void {
    if (this.faults.isDown) throw new LayerUnavailable('The test has taken the layer away');
  }
}
