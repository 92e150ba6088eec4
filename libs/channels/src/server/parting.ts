import type { Clock, Timer } from '@nest-channels/core';

/** Is what a parting ends with. */
export interface PartingOptions {
  /** Is the `order` of the connection's disconnect: the last that is settled. */
  readonly order: number;
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** Writes the close frame; called once. */
  proceed(): void;
}

/**
 * Is the time between a client's close and the server's, in which its last frames are answered.
 *
 * It is over when the workers have handled all that the client said, or when they take too long.
 */
export class Parting {
  #state: 'waiting' | 'over' = 'waiting';
  readonly #timer: Timer;

  constructor(private readonly options: PartingOptions) {
    this.#timer = options.clock.setTimer(() => this.#end(), options.timeoutMs);
  }

  /** Takes the frames up to this one as handled. */
  settled(order: number): void {
    if (order >= this.options.order) this.#end();
  }

  /** Is over without a close frame: the socket has gone. */
  cancel(): void {
    this.#state = 'over';
    this.#timer.cancel();
  }

  #end(): void {
    if (this.#state === 'over') return;
    this.cancel();
    this.options.proceed();
  }
}
