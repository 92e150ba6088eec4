import type { Server } from 'node:http';
import { type Clock, ManualClock, systemClock } from '@nest-channels/core';
import type { ChannelLayer } from 'nest-channels';
import { CaptiveLayers, type TestedOptions } from './captive-layers.js';
import { type FaultOptions, Faults } from './faults.js';
import { MemoryNetwork } from './memory-network.js';
import { DEFAULT_PATIENCE_MS, Patience } from './patience.js';
import { type Activity, marksOf, untilQuiet } from './quiet.js';
import { WebSocketCommunicator } from './web-socket-communicator.js';
import type { WebSocketOptions } from './web-socket-options.js';

/** Is what a test decides about time, layers and faults. */
export interface WorldOptions {
  /**
   * Is the application's time: `virtual` stands still until the test moves it on; that if absent.
   *
   * `system` is the time of the machine, for tests in a browser.
   */
  readonly time?: 'virtual' | 'system';
  readonly faults?: FaultOptions;
  /** Are options of the application that are others in this test. */
  readonly options?: TestedOptions;
  /** Is how long nothing may happen in real time while the test waits; 3,000 if absent. */
  readonly patienceMs?: number;
}

/** Is how far time is moved at once, so that clients can answer pings in between. */
const STEP_MS = 1_000;

/** Is what the processes of one test share: time, network and layers. */
export class World {
  readonly clock: Clock;
  readonly faults: Faults;
  readonly network = new MemoryNetwork();
  readonly layers: CaptiveLayers;
  readonly patience: Patience;
  readonly #processes = new Set<Activity>();

  constructor(options: WorldOptions = {}) {
    this.clock = options.time === 'system' ? systemClock : new ManualClock();
    this.faults = new Faults(options.faults);
    const { clock, faults } = this;
    this.layers = new CaptiveLayers({ clock, faults, options: options.options ?? {} });
    this.patience = this.patienceOf(options.patienceMs ?? DEFAULT_PATIENCE_MS);
  }

  /** Returns a patience that lasts as long as something happens in any process. */
  patienceOf(ms: number): Patience {
    return new Patience(ms, () => marksOf(this.#activities([...this.#processes])));
  }

  /** Returns a client of a server that has yet to connect. */
  webSocket(server: Server, path: string, options: WebSocketOptions): WebSocketCommunicator {
    const { patienceMs } = options;
    const counterpart = {
      connect: (clientAddress?: string) => this.network.connect(server, clientAddress),
      idle: () => this.idle(),
      patience: patienceMs === undefined ? this.patience : this.patienceOf(patienceMs),
    };
    return new WebSocketCommunicator(path, counterpart, options);
  }

  /** Waits for this process too, from now on. */
  join(process: Activity): void {
    this.#processes.add(process);
  }

  leave(process: Activity): void {
    this.#processes.delete(process);
  }

  /**
   * Resolves when nothing goes on any more without time passing or new input.
   *
   * @throws TestTimeout `CHANNELS_TEST_TIMEOUT`
   */
  idle(): Promise<void> {
    return this.#quiet([...this.#processes]);
  }

  /**
   * Moves time on in steps of a second and lets everything happen that is due meanwhile.
   *
   * @throws TypeError when the test goes by the time of the system
   */
  async advance(ms: number): Promise<void> {
    const { clock } = this;
    if (!(clock instanceof ManualClock))
      throw new TypeError('The time of the system cannot be moved');
    await this.#still();
    for (let rest = ms; rest > 0; rest -= STEP_MS) {
      clock.advance(Math.min(rest, STEP_MS));
      await this.#still();
    }
  }

  /** Moves time on as long as an application needs it to stop: it waits for handlers by its clock. */
  async seeOut(stopping: Promise<void>): Promise<void> {
    const over = new AbortController();
    const stopped = stopping.finally(() => over.abort());
    await Promise.race([stopped, this.idle().catch(() => undefined)]);
    while (!over.signal.aborted && this.clock instanceof ManualClock) {
      this.clock.advance(STEP_MS);
      await untilQuiet(this.#activities(this.#marks()), over.signal);
    }
    await stopped;
  }

  async close(): Promise<void> {
    this.network.cut();
    await this.layers.close();
  }

  /** Handlers may run that wait for time to pass: they go on when it does. */
  #still(): Promise<void> {
    return this.#quiet(this.#marks());
  }

  #marks(): Activity[] {
    return [...this.#processes].map((process) => ({
      isBusy: () => false,
      mark: () => process.mark(),
    }));
  }

  async #quiet(processes: readonly Activity[]): Promise<void> {
    const over = new AbortController();
    try {
      const quiet = untilQuiet(this.#activities(processes), over.signal);
      await this.patience.wait(quiet, 'the application to come to rest');
    } finally {
      over.abort();
    }
  }

  #activities(processes: readonly Activity[]): Activity[] {
    return [...processes, ...this.layers.all.map(trafficOf), this.#onTheLine];
  }

  get #onTheLine(): Activity {
    const { traffic } = this.network;
    return { isBusy: () => traffic.underWay > 0, mark: () => traffic.arrived };
  }
}

function trafficOf(layer: ChannelLayer): Activity {
  const mark = (): string => {
    const { messagesCount, messagesReceived } = layer.statistics();
    return `${messagesCount}/${messagesReceived}`;
  };
  return { isBusy: () => false, mark };
}
