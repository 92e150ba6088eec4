import { Message } from '@nest-channels/core';
import { type ConsumerMethod, ConsumerExplorer } from '../../src/consumer.explorer.js';
import { EnhancerChains } from '../../src/enhancer-chain.js';
import { type Handler, HandlerFactory } from '../../src/handler.js';
import type { RunningApp } from './running-app.js';

/** Finds the handlers of an application by class and method, to run them without a worker. */
export class Handlers {
  readonly #consumers: ReadonlyMap<string, ConsumerMethod>;

  constructor(private readonly running: RunningApp) {
    const consumers = running.app.get(ConsumerExplorer, { strict: false }).consumers();
    this.#consumers = new Map(consumers.map((consumer) => [consumer.label, consumer]));
  }

  create(label: string): Handler {
    return this.running.app.get(HandlerFactory, { strict: false }).create(this.consumer(label));
  }

  /** Runs a handler on a message of the channel `test`. */
  run(label: string, content: object = {}): Promise<unknown> {
    return this.create(label).run(new Message({ channel: 'test', content: { ...content } }));
  }

  get chains(): EnhancerChains {
    return this.running.app.get(EnhancerChains, { strict: false });
  }

  consumer(label: string): ConsumerMethod {
    const consumer = this.#consumers.get(label);
    if (!consumer) throw new Error(`There is no ${label}`);
    return consumer;
  }
}
