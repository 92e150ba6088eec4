import type { Clock, Message, Timer } from '@nest-channels/core';
import { TaskTimeoutExceeded } from '../errors.js';
import type { Handler } from '../handler.js';

/** Is what is known of a run when it begins. */
export interface RunParts {
  readonly handler: Handler;
  readonly message: Message;
  /** Counts the runs for this message from 1. */
  readonly attempt: number;
}

/** Is one run of a handler. */
export class Run {
  readonly handler: Handler;
  readonly message: Message;
  readonly attempt: number;
  readonly deadline: number;
  readonly #startedAt: number;
  #expire: ((error: TaskTimeoutExceeded) => void) | undefined;

  constructor(
    parts: RunParts,
    private readonly clock: Clock,
    private readonly timeoutMs: number,
  ) {
    this.handler = parts.handler;
    this.message = parts.message;
    this.attempt = parts.attempt;
    this.#startedAt = clock.now();
    this.deadline = this.#startedAt + timeoutMs;
  }

  /** Is how long it has taken by now. */
  get durationMs(): number {
    return this.clock.now() - this.#startedAt;
  }

  /** Runs the handler; rejects early when the run expires. */
  result(): Promise<unknown> {
    const result = this.handler.run(this.message);
    if (this.deadline === Infinity) return result;
    return new Promise((resolve, reject) => {
      this.#expire = reject;
      result.then(resolve, reject);
    });
  }

  /** Gives up waiting for the handler. */
  expire(): void {
    this.#expire?.(new TaskTimeoutExceeded(this.handler.label, this.timeoutMs));
  }
}

/** Knows the handlers that run now, and gives up those that run for too long. */
export class Runs {
  readonly #running = new Set<Run>();
  #sweep: Timer | undefined;
  #sweepAt = Infinity;

  constructor(
    private readonly clock: Clock,
    private readonly taskTimeoutMs: number,
  ) {}

  /** Counts the handlers that run now. */
  get running(): number {
    return this.#running.size;
  }

  /** Takes note of a run that begins. */
  begin(parts: RunParts): Run {
    const { handler, message } = parts;
    const run = new Run(parts, this.clock, handler.timeoutMs ?? this.#defaultOf(message.channel));
    this.#running.add(run);
    if (run.deadline < this.#sweepAt) this.#sweepBy(run.deadline);
    return run;
  }

  end(run: Run): void {
    this.#running.delete(run);
  }

  /** Lists what runs now: `ThumbnailConsumers.make on thumbnails.make`. */
  describe(): string[] {
    return [...this.#running].map(
      ({ handler, message }) => `${handler.label} on ${message.channel}`,
    );
  }

  /** Sets the timer back; what runs is not given up any more. */
  close(): void {
    this.#sweep?.cancel();
    this.#sweepAt = -Infinity;
  }

  #defaultOf(channel: string): number {
    return channel.startsWith('websocket.') ? this.taskTimeoutMs : Infinity;
  }

  /** One timer does for all: it is set for the earliest deadline and looks at every run then. */
  #sweepBy(deadline: number): void {
    this.#sweep?.cancel();
    this.#sweepAt = deadline;
    const delayMs = Math.max(0, deadline - this.clock.now());
    this.#sweep = this.clock.setTimer(() => this.#expireLate(), delayMs, { inBackground: true });
  }

  #expireLate(): void {
    const now = this.clock.now();
    let next = Infinity;
    for (const run of this.#running) {
      if (run.deadline <= now) run.expire();
      else next = Math.min(next, run.deadline);
    }
    this.#sweepAt = Infinity;
    if (next < Infinity) this.#sweepBy(next);
  }
}
