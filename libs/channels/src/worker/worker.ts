import { delay, SendScopes } from '@nest-channels/core';
import { Injectable, Logger } from '@nestjs/common';
import { ChannelsSettings } from '../channels-options.js';
import { Dispatcher } from '../dispatcher.js';
import { Layers } from '../layers.js';
import { RoutingTable } from '../routing-table.js';
import { Consumption } from './consumption.js';
import { Slots } from './slots.js';

/** Are read even without a route: a socket that nobody wants is refused here. */
const SOCKET_CHANNELS = ['websocket.connect', 'websocket.receive', 'websocket.disconnect'];

/**
 * Takes messages from the channels that have routes and runs their handlers.
 *
 * States: idle → running → stopped. Messages of one reply channel run one after another, in the
 * order they were received; all others side by side, up to `concurrency`.
 */
@Injectable()
export class Worker {
  readonly #logger = new Logger(Worker.name);
  readonly #stopping = new AbortController();
  readonly #slots: Slots;
  #state: 'idle' | 'running' | 'stopped' = 'idle';
  #consumptions: Consumption[] = [];
  #loops: Promise<void>[] = [];

  constructor(
    private readonly settings: ChannelsSettings,
    private readonly layers: Layers,
    private readonly routes: RoutingTable,
    private readonly scopes: SendScopes,
  ) {
    this.#slots = new Slots(settings.worker.concurrency);
  }

  /** Starts reading every layer that has channels to read. */
  start(): void {
    if (this.#state !== 'idle') return;
    this.#state = 'running';
    for (const alias of this.layers.aliases) this.#consume(alias);
    this.#loops = this.#consumptions.map((consumption) => consumption.run(this.#stopping.signal));
  }

  /**
   * Stops reading, then waits for running handlers, `shutdownTimeoutMs` at most.
   *
   * With `drain` it first handles what already waits in the channels and what comes of that: right
   * where the layer ends with this process, as nobody else would handle it.
   */
  async stop(options: { readonly drain?: boolean } = {}): Promise<void> {
    if (this.#state !== 'running') return;
    this.#state = 'stopped';
    this.#stopping.abort();
    const timeout = new AbortController();
    const finished = this.#finish(options.drain ?? false, timeout.signal);
    if ((await this.#atMost(finished)) === 'late') {
      timeout.abort();
      this.#logger.error('Handlers still run after the shutdown timeout; leaving them behind');
    }
  }

  async #finish(drain: boolean, timeout: AbortSignal): Promise<'done'> {
    await Promise.all(this.#loops);
    let drained = 0;
    do {
      // Only then is everything sent that running handlers send.
      await this.#slots.idle();
      drained = drain ? await this.#drain(timeout) : 0;
    } while (drained > 0);
    return 'done';
  }

  async #drain(timeout: AbortSignal): Promise<number> {
    const counts = await Promise.all(this.#consumptions.map((each) => each.drain(timeout)));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  async #atMost(finished: Promise<'done'>): Promise<'done' | 'late'> {
    const { clock, worker } = this.settings;
    const over = new AbortController();
    const late = delay(clock, worker.shutdownTimeoutMs, over.signal).then(() => 'late' as const);
    const outcome = await Promise.race([finished, late]);
    over.abort();
    return outcome;
  }

  #consume(alias: string): void {
    const channels = this.#channels(alias);
    if (channels.length === 0) return;
    const layer = this.layers.get(alias);
    const { scopes, settings } = this;
    const router = this.routes.router(alias);
    const dispatcher = new Dispatcher({ layer, router, scopes, policy: settings.worker });
    const { clock } = settings;
    const parts = { layer, channels, dispatcher, slots: this.#slots, clock, logger: this.#logger };
    this.#consumptions.push(new Consumption(parts));
    this.#logger.log(`Reading from the ${layer.name} layer "${alias}": ${channels.join(', ')}`);
  }

  #channels(alias: string): string[] {
    const routed = this.routes.router(alias).channels;
    const carriesSockets = alias === this.settings.server.layer;
    return [...new Set([...(carriesSockets ? SOCKET_CHANNELS : []), ...routed])];
  }
}
