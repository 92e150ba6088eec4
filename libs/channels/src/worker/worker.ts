import { delay, SendScopes } from '@nest-channels/core';
import { Injectable, Logger } from '@nestjs/common';
import { Answers } from '../answers.js';
import { ChannelsSettings } from '../channels-options.js';
import { Dispatcher } from '../dispatcher.js';
import { InvalidConfiguration } from '../errors.js';
import { Layers } from '../layers.js';
import { RoutingTable } from '../routing-table.js';
import { ChannelSelection } from './channel-selection.js';
import { Consumption } from './consumption.js';
import type { IntakeOptions } from './intake.js';
import { Journal } from './journal.js';
import { Runs } from './runs.js';
import { Slots } from './slots.js';
import { WorkerEvents } from './worker-events.js';
import type { WorkerStatistics } from './worker-statistics.js';

/** Are read even without a route: a socket that nobody wants is refused here. */
const SOCKET_CHANNELS = ['websocket.connect', 'websocket.receive', 'websocket.disconnect'];

/** Is how many messages of connections are received ahead, for each that may run. */
const SOCKET_PREFETCH = 2;

/** Is the same for any other channel: what waits there can still be taken by another worker. */
const PREFETCH = 1;

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
  readonly #runs: Runs;
  readonly #journal: Journal;
  #state: 'idle' | 'running' | 'stopped' = 'idle';
  #consumptions: Consumption[] = [];
  #loops: Promise<void>[] = [];
  #onIdle: (() => void) | undefined;
  #stopped?: Promise<void>;

  constructor(
    private readonly settings: ChannelsSettings,
    private readonly layers: Layers,
    private readonly routes: RoutingTable,
    private readonly scopes: SendScopes,
    private readonly events: WorkerEvents,
  ) {
    this.#slots = new Slots(settings.worker.concurrency);
    this.#journal = new Journal(events);
    this.#runs = new Runs(settings.clock, settings.worker.taskTimeoutMs);
  }

  /**
   * Chooses what to read of every layer, which needs none of them to be there yet.
   *
   * @throws InvalidConfiguration `CHANNELS_CONFIG_INVALID` when `onlyChannels` and
   *   `excludeChannels` leave no channel
   */
  select(): ReadonlyMap<string, readonly string[]> {
    const selected = new Map(this.layers.aliases.map((alias) => [alias, this.#channels(alias)]));
    if (![...selected.values()].some(({ length }) => length > 0)) {
      throw new InvalidConfiguration([NO_CHANNELS]);
    }
    return selected;
  }

  /**
   * Starts reading every layer that has channels to read.
   *
   * @throws InvalidConfiguration as {@link select} does
   */
  start(): void {
    if (this.#state !== 'idle') return;
    const selected = this.select();
    this.#state = 'running';
    for (const [alias, names] of selected) if (names.length > 0) this.#consume(alias, names);
    const channels = [...selected.values()].flat();
    if (this.events.hasListeners) this.events.emit({ type: 'ready', channels });
    this.#loops = this.#consumptions.map((consumption) => consumption.run(this.#stopping.signal));
  }

  /** Counts what became of the messages since the start, and what runs and waits now. */
  statistics(): WorkerStatistics {
    const running = this.#slots.taken;
    return { ...this.#journal.tally.counts, running, waiting: this.#open - running };
  }

  /** Takes nothing more from the channels; what was received is handled, also before {@link stop}. */
  stopReceiving(): void {
    this.#stopping.abort();
  }

  /**
   * Stops reading, then has what it has received handled, for `shutdownTimeoutMs` at most.
   *
   * With `drain` it first handles what already waits in the channels and what comes of that: right
   * where the layer ends with this process, as nobody else would handle it. A second call waits for
   * the first one.
   */
  async stop(options: { readonly drain?: boolean } = {}): Promise<void> {
    if (this.#state === 'idle') return;
    await (this.#stopped ??= this.#stop(options));
  }

  async #stop(options: { readonly drain?: boolean }): Promise<void> {
    this.#state = 'stopped';
    this.stopReceiving();
    if (this.#open > 0) this.#logger.log(`Stopping; still to be handled: ${this.#open}`);
    const timeout = new AbortController();
    const finished = this.#finish(options.drain ?? false, timeout.signal);
    if ((await this.#atMost(finished)) === 'late') {
      timeout.abort();
      this.#abandon();
    }
    this.#runs.close();
  }

  get #open(): number {
    return this.#consumptions.reduce((sum, consumption) => sum + consumption.open, 0);
  }

  async #finish(drain: boolean, timeout: AbortSignal): Promise<'done'> {
    await Promise.all(this.#loops);
    let drained = 0;
    do {
      // Only then is everything sent that running handlers send.
      await this.#idle();
      drained = drain ? await this.#drain(timeout) : 0;
    } while (drained > 0);
    return 'done';
  }

  #idle(): Promise<void> {
    if (this.#open === 0) return Promise.resolve();
    return new Promise((resolve) => (this.#onIdle = resolve));
  }

  readonly #ended = (): void => {
    if (this.#onIdle && this.#open === 0) this.#onIdle();
  };

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

  #abandon(): void {
    const left = this.#consumptions.reduce((sum, each) => sum + each.abandon(), 0);
    this.#journal.tally.count('dropped', left);
    const running = this.#runs.describe();
    const what = running.length > 0 ? running.join(', ') : 'nothing';
    const messages = left === 1 ? '1 message' : `${left} messages`;
    this.#logger.error(
      `Shutdown timeout: left behind while running: ${what}; dropped ${messages} that waited`,
    );
  }

  #consume(alias: string, channels: readonly string[]): void {
    const layer = this.layers.get(alias);
    const consumption = new Consumption({
      layer,
      intakes: this.#intakes(channels),
      dispatcher: this.#dispatcher(alias),
      slots: this.#slots,
      concurrency: this.settings.worker.concurrency,
      clock: this.settings.clock,
      logger: this.#logger,
      onEnd: this.#ended,
    });
    this.#consumptions.push(consumption);
    const names = channels.toSorted().join(', ');
    this.#logger.log(`Reading from the ${layer.name} layer "${alias}": ${names}`);
  }

  #dispatcher(alias: string): Dispatcher {
    const router = this.routes.router(alias);
    return new Dispatcher({
      layer: this.layers.get(alias),
      router,
      scopes: this.scopes,
      answers: new Answers(router, this.settings.worker),
      runs: this.#runs,
      journal: this.#journal,
    });
  }

  /** Those of sockets are read together, as messages of a connection come in order over all three. */
  #intakes(channels: readonly string[]): IntakeOptions[] {
    const prefetch = SOCKET_PREFETCH * this.settings.worker.concurrency;
    const sockets = channels.filter((channel) => SOCKET_CHANNELS.includes(channel));
    const others = channels.filter((channel) => !SOCKET_CHANNELS.includes(channel));
    const own = others.map((channel) => ({ channels: [channel], prefetch: PREFETCH }));
    return sockets.length > 0 ? [{ channels: sockets, prefetch }, ...own] : own;
  }

  #channels(alias: string): string[] {
    const routed = this.routes.router(alias).channels;
    const carriesSockets = alias === this.settings.server.layer;
    const names = [...new Set([...(carriesSockets ? SOCKET_CHANNELS : []), ...routed])];
    const selection = new ChannelSelection(this.settings.worker);
    return names.filter((name) => selection.has(name));
  }
}

const NO_CHANNELS =
  'worker.onlyChannels and worker.excludeChannels: no channel that has a route is left to read';
