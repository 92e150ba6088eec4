import { type Content, type Router, SendScopes } from '@nest-channels/core';
import { Injectable } from '@nestjs/common';
import { ChannelsSettings } from '../channels-options.js';
import { Answers } from '../answers.js';
import { Dispatcher } from '../dispatcher.js';
import type { Handler } from '../handler.js';
import { Layers } from '../layers.js';
import { RoutingTable } from '../routing-table.js';
import { Journal } from './journal.js';
import { RunRecorder } from './run-recorder.js';
import { Runs } from './runs.js';
import { WorkerEvents } from './worker-events.js';

/** Is where handlers are found. */
export type Routes = Pick<Router<Handler>, 'match' | 'covers' | 'paths'>;

/** Is a message that was taken from its channel, and what its handler made of it. */
export interface Handled {
  readonly content: Content;
  /** Is how its handler ended; `unrouted` without one. */
  readonly ending: 'returned' | 'threw' | 'timedOut' | 'unrouted';
  /** Is what the handler returned, enhancers included. */
  readonly value?: unknown;
  /** Is what the handler threw: an error, or control flow such as `ConsumeLater`. */
  readonly error?: unknown;
}

/** Are the options of taking one message. */
export interface ConsumeOptions {
  /** Is the alias of the layer; `default` if absent. */
  readonly layer?: string;
  /** Are the routes that count; those of the application if absent. */
  readonly routes?: Routes;
}

/**
 * Handles messages one at a time, when it is told to: for tests and scripts.
 *
 * What it does with a message is what a worker does, answers to the client and sends included. A
 * message whose handler throws `ConsumeLater` is not kept.
 */
@Injectable()
export class ManualWorker {
  readonly #runs: Runs;
  readonly #journal: Journal;

  constructor(
    private readonly settings: ChannelsSettings,
    private readonly layers: Layers,
    private readonly table: RoutingTable,
    private readonly scopes: SendScopes,
    events: WorkerEvents,
  ) {
    this.#runs = new Runs(settings.clock, settings.worker.taskTimeoutMs);
    this.#journal = new Journal(events);
  }

  /** Lists the channels of a layer that have routes. */
  channels(layer = this.settings.defaultLayer): string[] {
    return this.table.router(layer).channels;
  }

  /**
   * Handles the next message of a channel to its end; undefined when none waits there.
   *
   * @throws UnknownLayer `CHANNELS_LAYER_UNKNOWN`
   */
  async consume(channel: string, options: ConsumeOptions = {}): Promise<Handled | undefined> {
    const { layer = this.settings.defaultLayer } = options;
    const received = await this.#take(channel, layer);
    if (!received) return undefined;
    const recorder = new RunRecorder(options.routes ?? this.table.router(layer));
    await this.#dispatcher(layer, recorder).dispatch(received.channel, received.content);
    return { content: received.content, ...recorder.outcome };
  }

  async #take(
    channel: string,
    layer: string,
  ): Promise<{ channel: string; content: Content } | undefined> {
    // Takes what is there: the wait for more is over as soon as it begins.
    const wait = new AbortController();
    const receiving = this.layers.get(layer).receive([channel], { signal: wait.signal });
    wait.abort();
    const [received] = await receiving;
    return received && { channel: received.channels[0], content: received.content };
  }

  #dispatcher(alias: string, routes: Routes): Dispatcher {
    return new Dispatcher({
      layer: this.layers.get(alias),
      router: routes,
      scopes: this.scopes,
      answers: new Answers(routes, this.settings.worker),
      runs: this.#runs,
      journal: this.#journal,
    });
  }
}
