import {
  type ChannelLayer,
  type Clock,
  type Content,
  reasonOf,
  type Received,
  type Timer,
} from '@nest-channels/core';
import type { Logger } from '@nestjs/common';
import type { Dispatcher } from '../dispatcher.js';
import { Intake, type IntakeHost, type IntakeOptions } from './intake.js';
import { Lanes } from './lanes.js';
import { Sequences } from './sequences.js';
import type { Slots } from './slots.js';
import type { Task } from './task.js';

/** Is how many messages per slot may be kept that cannot run yet: a connection's whole window. */
const KEPT_PER_SLOT = 64;

const RECEIVE_FAILURE_LOG_MS = 1_000;

/** Is what a worker needs to read one layer. */
export interface ConsumptionParts {
  readonly layer: ChannelLayer;
  readonly intakes: readonly IntakeOptions[];
  readonly dispatcher: Dispatcher;
  readonly slots: Slots;
  readonly concurrency: number;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Is called whenever a message has been handled to its end. */
  readonly onEnd?: () => void;
}

/**
 * Has the messages of one layer handled: those of a reply channel in turn, all others side by side.
 *
 * A message is received, waits behind others of its lane, waits for a slot, runs, and ends or is
 * postponed and waits again; only while it runs it holds a slot. Messages that cannot run yet, as
 * their lane is taken or they are postponed, keep the layer from being read only when they are many.
 */
export class Consumption implements IntakeHost {
  readonly layer: ChannelLayer;
  readonly slots: Slots;
  readonly clock: Clock;
  readonly #lanes = new Lanes<Task>();
  readonly #sequences: Sequences;
  readonly #intakes: readonly Intake[];
  readonly #postponed = new Set<Timer>();
  #state: 'running' | 'abandoned' = 'running';
  #open = 0;
  #failedAt = -Infinity;

  constructor(private readonly parts: ConsumptionParts) {
    this.layer = parts.layer;
    this.slots = parts.slots;
    this.clock = parts.clock;
    this.#intakes = parts.intakes.map((options) => new Intake(this, options));
    this.#sequences = new Sequences(parts.clock, (tasks) => this.#overdue(tasks));
  }

  /** Counts the messages that were received and not yet handled to their end. */
  get open(): number {
    return this.#open;
  }

  get hasRoom(): boolean {
    const { concurrency } = this.parts;
    const kept = this.#lanes.waiting + this.#postponed.size + this.#sequences.parked;
    return kept < KEPT_PER_SLOT * concurrency;
  }

  /** Reads until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#intakes.map((intake) => intake.run(signal)));
  }

  /** Takes what already waits in the channels and returns how much that was. */
  async drain(signal: AbortSignal): Promise<number> {
    const counts = await Promise.all(this.#intakes.map((intake) => intake.drain(signal)));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  accept({ channels, content }: Received, queue: Intake): void {
    const lane = laneOf(content);
    for (const channel of channels) {
      const task: Task = { channel, content, lane, queue, attempt: 1 };
      this.#open++;
      const order = this.parts.dispatcher.ordering.placeOf(channel, content);
      if (lane === undefined) this.#runOrQueue(task);
      else if (order === undefined) this.#enter(lane, task);
      else for (const next of this.#sequences.admit(lane, order, task)) this.#enter(lane, next);
    }
  }

  /** Runs a task for which a slot has been taken. */
  start(task: Task): void {
    const ended = this.parts.dispatcher.dispatch(task.channel, task.content, task.attempt);
    void ended.then((later) => {
      if (later && this.#state === 'running') this.#postpone(task, later.delayMs);
      else this.#end(task);
    });
  }

  receiveFailed(error: unknown): void {
    const now = this.clock.now();
    if (now - this.#failedAt < RECEIVE_FAILURE_LOG_MS) return;
    this.#failedAt = now;
    this.parts.logger.error(`Cannot receive from the ${this.layer.name} layer: ${reasonOf(error)}`);
  }

  /** Starts nothing any more; returns how many messages are left that did not run. */
  abandon(): number {
    this.#state = 'abandoned';
    for (const timer of this.#postponed) timer.cancel();
    const queued = this.#intakes.reduce((sum, intake) => sum + intake.clear(), 0);
    const left = queued + this.#lanes.clear() + this.#postponed.size + this.#sequences.clear();
    this.#postponed.clear();
    this.#open -= left;
    return left;
  }

  #enter(lane: string, task: Task): void {
    if (this.#lanes.enter(lane, task)) this.#runOrQueue(task);
  }

  #overdue(tasks: readonly Task[]): void {
    for (const task of tasks) if (task.lane !== undefined) this.#enter(task.lane, task);
    this.#lookForRoom();
  }

  #runOrQueue(task: Task): void {
    if (this.slots.tryTake()) this.start(task);
    else task.queue.push(task);
  }

  #end(task: Task): void {
    this.#open--;
    const next = task.lane === undefined ? undefined : this.#lanes.leave(task.lane);
    this.#passOn(next);
    if (next) this.#lookForRoom();
    this.parts.onEnd?.();
  }

  /** Goes on in the same slot when nobody else waits for one. */
  #passOn(next?: Task): void {
    if (next && !this.slots.isContended) return this.start(next);
    next?.queue.push(next);
    this.slots.release();
  }

  /** Its lane stays taken meanwhile: an ordered connection stays in order. */
  #postpone(task: Task, delayMs: number): void {
    task.attempt++;
    const timer = this.clock.setTimer(() => {
      this.#postponed.delete(timer);
      this.#runOrQueue(task);
      this.#lookForRoom();
    }, delayMs);
    this.#postponed.add(timer);
    this.slots.release();
  }

  #lookForRoom(): void {
    for (const intake of this.#intakes) intake.lookForRoom();
  }
}

function laneOf({ reply_channel: name }: Content): string | undefined {
  return typeof name === 'string' ? name : undefined;
}
