import { type ChannelLayer, type Clock, delay, type Received, Ring } from '@nest-channels/core';
import { Breather } from '../breather.js';
import type { Slots } from './slots.js';
import type { Task, TaskQueue } from './task.js';

const RECEIVE_RETRY_MS = 1_000;

/** Is what an intake reads for. */
export interface IntakeHost {
  readonly layer: ChannelLayer;
  readonly slots: Slots;
  readonly clock: Clock;
  /** Tells whether the layer may be read at all, or too much of it is kept already. */
  readonly hasRoom: boolean;
  accept(received: Received, intake: Intake): void;
  start(task: Task): void;
  receiveFailed(error: unknown): void;
}

/** Are the channels of an intake, and how much it receives ahead. */
export interface IntakeOptions {
  readonly channels: readonly string[];
  /** Is how many messages may wait here for a slot before no more are received. */
  readonly prefetch: number;
}

/**
 * Reads channels that belong together and keeps what waits for a slot.
 *
 * Each intake reads on its own and has its own turn at the slots, so that a flood in its channels
 * delays no other channel.
 */
export class Intake implements TaskQueue {
  readonly #queue = new Ring<Task>();
  readonly #breather: Breather;
  #wake: (() => void) | undefined;

  constructor(
    private readonly host: IntakeHost,
    private readonly options: IntakeOptions,
  ) {
    this.#breather = new Breather(host.clock);
  }

  get waiting(): number {
    return this.#queue.size;
  }

  /** Reads until the signal aborts; survives a layer that fails. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if (!this.#hasRoom) await this.#room(signal);
      if (!signal.aborted) await this.#receive(signal);
      await this.#breather.breathe();
    }
  }

  /** Takes what already waits in the channels and returns how much that was. */
  async drain(signal: AbortSignal): Promise<number> {
    let drained = 0;
    while (!signal.aborted) {
      if (!this.#hasRoom) await this.#room(signal);
      const received = signal.aborted ? 0 : await this.#receiveWaiting();
      if (received === 0) break;
      drained += received;
      await this.#breather.breathe();
    }
    return drained;
  }

  push(task: Task): void {
    if (this.#queue.size === 0) this.host.slots.lineUp(this);
    this.#queue.push(task);
  }

  startNext(): void {
    const task = this.#queue.shift();
    if (task) this.host.start(task);
    this.lookForRoom();
  }

  /** Goes on reading if there is room again. */
  lookForRoom(): void {
    if (this.#wake && this.#hasRoom) this.#wake();
  }

  /** Forgets what waits, and returns how much that was. */
  clear(): number {
    const cleared = this.#queue.size;
    while (this.#queue.size > 0) this.#queue.shift();
    return cleared;
  }

  get #hasRoom(): boolean {
    return this.#queue.size < this.options.prefetch && this.host.hasRoom;
  }

  #room(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#wake = undefined;
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#wake = wake;
      signal.addEventListener('abort', wake);
    });
  }

  /** Takes what is there: the wait for more is over as soon as it begins. */
  #receiveWaiting(): Promise<number> {
    const wait = new AbortController();
    const received = this.#receive(wait.signal);
    wait.abort();
    return received;
  }

  async #receive(signal: AbortSignal): Promise<number> {
    const { layer, slots, clock } = this.host;
    const max = Math.max(slots.free, this.options.prefetch - this.#queue.size);
    try {
      const batch = await layer.receive(this.options.channels, { signal, max });
      for (const received of batch) this.host.accept(received, this);
      return batch.length;
    } catch (error) {
      this.host.receiveFailed(error);
      await delay(clock, RECEIVE_RETRY_MS, signal);
      return 0;
    }
  }
}
