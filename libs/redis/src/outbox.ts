import { reasonOf } from '@nest-channels/core';
import { RedisUnavailable } from './errors.js';

/** Is how many messages go to Redis at once, and how many bytes. */
const BATCH_MESSAGES = 256;
const BATCH_BYTES = 1_048_576;

/** Is a message on its way to Redis. */
export interface Outgoing {
  /** Is the non-local name of its channel. */
  readonly name: string;
  readonly capacity: number;
  readonly channel: string;
  readonly body: Uint8Array;
  /** Is until when its sender has to know what became of it, by the clock of the layer. */
  readonly deadline: number;
}

interface Waiting {
  /** Is absent for a task. */
  readonly message?: Outgoing;
  readonly task?: () => Promise<void>;
  readonly resolve: (size: number) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Sends in the order it was asked to: what comes while one request is on its way goes with the next.
 *
 * A request ends with the deadline of its oldest message, and what waits behind it with it: so nothing
 * takes longer than it may, however long it had to wait for its turn.
 *
 * When a request fails, what waits behind it fails too: none of it was sent, and none may overtake. So
 * it is with a message that was refused, and what waits for the same channel.
 */
export class Outbox {
  #waiting: Waiting[] = [];
  #isSending = false;

  /** @param dispatch Sends messages, and tells for each how many wait then, -1 if it was refused. */
  constructor(private readonly dispatch: (messages: readonly Outgoing[]) => Promise<number[]>) {}

  /** Sends a message; tells how many wait in its channel then, -1 if it was refused. */
  send(message: Outgoing): Promise<number> {
    return new Promise((resolve, reject) => this.#enqueue({ message, resolve, reject }));
  }

  /** Does something after all that was sent before, and before all that is sent later. */
  run(task: () => Promise<void>): Promise<unknown> {
    return new Promise((resolve, reject) => this.#enqueue({ task, resolve, reject }));
  }

  #enqueue(waiting: Waiting): void {
    this.#waiting.push(waiting);
    if (this.#isSending) return;
    this.#isSending = true;
    // What is sent in the same turn goes together.
    queueMicrotask(() => void this.#sendAll());
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, batchLength(this.#waiting));
      try {
        await this.#sendBatch(batch);
      } catch (error) {
        for (const { reject } of batch) reject(error);
        this.#failOthers(error);
      }
    }
    this.#isSending = false;
  }

  async #sendBatch(batch: readonly Waiting[]): Promise<void> {
    const [{ task, resolve }] = batch;
    if (task) {
      await task();
      return resolve(0);
    }
    const sizes = await this.dispatch(batch.map(({ message }) => message!));
    for (const [index, each] of batch.entries()) each.resolve(sizes[index]);
    if (Math.min(...sizes) < 0) this.#refuseOthers(batch.filter((_, index) => sizes[index] < 0));
  }

  /** What waits for a channel that was full is refused too: there may be room by now. */
  #refuseOthers(refused: readonly Waiting[]): void {
    const full = new Set(refused.map(({ message }) => message?.name));
    const isRefused = ({ message }: Waiting): boolean => !!message && full.has(message.name);
    for (const { resolve } of this.#waiting.filter(isRefused)) resolve(-1);
    this.#waiting = this.#waiting.filter((waiting) => !isRefused(waiting));
  }

  #failOthers(cause: unknown): void {
    const problem = `an earlier request failed (${reasonOf(cause)})`;
    for (const { reject } of this.#waiting.splice(0)) {
      reject(new RedisUnavailable(problem, 'no', { cause }));
    }
  }
}

/** Is how many of the first go together: a task goes alone. */
function batchLength(waiting: readonly Waiting[]): number {
  let bytes = 0;
  let length = 0;
  for (const { message } of waiting) {
    if (!message) return Math.max(1, length);
    bytes += message.body.length;
    if (length > 0 && bytes > BATCH_BYTES) return length;
    if (++length === BATCH_MESSAGES) return length;
  }
  return length;
}
