import { type ChannelLayer, type Clock, delay, reasonOf, type Received } from '@nest-channels/core';
import type { Logger } from '@nestjs/common';
import { Breather } from '../breather.js';
import type { Dispatcher } from '../dispatcher.js';
import { Lanes } from './lanes.js';
import type { Slots } from './slots.js';

const RECEIVE_RETRY_MS = 1_000;

/** Is what a worker needs to read one layer. */
export interface ConsumptionParts {
  readonly layer: ChannelLayer;
  readonly channels: readonly string[];
  readonly dispatcher: Dispatcher;
  readonly slots: Slots;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Reads the channels of one layer and has their messages dispatched, those of a connection in turn. */
export class Consumption {
  readonly #lanes = new Lanes();
  readonly #breather: Breather;

  constructor(private readonly parts: ConsumptionParts) {
    this.#breather = new Breather(parts.clock);
  }

  /** Reads until the signal aborts; survives a layer that fails. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.parts.slots.available();
      await this.#receive(signal);
      await this.#breather.breathe();
    }
  }

  /** Dispatches what already waits in the channels and returns how much that was. */
  async drain(signal: AbortSignal): Promise<number> {
    let drained = 0;
    while (!signal.aborted) {
      await this.parts.slots.available();
      const received = signal.aborted ? 0 : await this.#receiveWaiting();
      if (received === 0) break;
      drained += received;
      await this.#breather.breathe();
    }
    return drained;
  }

  /** Takes what is there: the wait for more is over as soon as it begins. */
  #receiveWaiting(): Promise<number> {
    const wait = new AbortController();
    const received = this.#receive(wait.signal);
    wait.abort();
    return received;
  }

  async #receive(signal: AbortSignal): Promise<number> {
    const { layer, channels, slots, clock, logger } = this.parts;
    try {
      const batch = await layer.receive(channels, { signal, max: Math.max(1, slots.free) });
      for (const received of batch) await this.#start(received);
      return batch.length;
    } catch (error) {
      logger.error(`Cannot receive from the ${layer.name} layer: ${reasonOf(error)}`);
      await delay(clock, RECEIVE_RETRY_MS, signal);
      return 0;
    }
  }

  async #start({ channels, content }: Received): Promise<void> {
    const { dispatcher, slots } = this.parts;
    const lane = content['reply_channel'];
    for (const channel of channels) {
      const dispatch = (): Promise<void> => dispatcher.dispatch(channel, content);
      const run = (): Promise<void> =>
        typeof lane === 'string' ? this.#lanes.run(lane, dispatch) : dispatch();
      await slots.run(run);
    }
  }
}
