import type { Received, Subscription } from './channel-layer.js';
import type { Receiver } from './memory-mailbox.js';

/** Is how many waiting messages are handed over before everything else has its turn. */
const SLICE = 256;

/** Is what a subscription needs of the layer, for its channels. */
export interface SubscriptionSource {
  take(max: number): Received[];
  hasWaiting(): boolean;
  enter(receiver: Receiver): void;
  leave(receiver: Receiver): void;
  /** Puts it behind all others that wait for the same. */
  yieldTurn(receiver: Receiver): void;
}

/**
 * Is a standing receive of the memory layer.
 *
 * States: catching up (hands over what waits) → in line (gets what comes) ⇄ paused → closed.
 */
export class MemorySubscription implements Subscription, Receiver {
  #state: 'catching up' | 'in line' | 'paused' | 'closed' = 'catching up';

  constructor(
    private readonly listener: (message: Received) => void,
    private readonly source: SubscriptionSource,
  ) {
    // Its listener may want to pause it, so the caller has to have it before the first message.
    if (source.hasWaiting()) queueMicrotask(this.#catchUp);
    else this.#stand();
  }

  /** Goes to the end of the line after each message, as one who waits anew would. */
  readonly serve = (message: Received): void => {
    this.source.yieldTurn(this);
    this.listener(message);
  };

  readonly end = (): void => this.close();

  pause(): void {
    if (this.#state === 'closed') return;
    this.#state = 'paused';
    this.source.leave(this);
  }

  resume(): void {
    if (this.#state !== 'paused') return;
    this.#state = 'catching up';
    this.#catchUp();
  }

  close(): void {
    this.#state = 'closed';
    this.source.leave(this);
  }

  readonly #catchUp = (): void => {
    for (let handed = 0; this.#state === 'catching up'; handed++) {
      if (handed === SLICE) return void setImmediate(this.#catchUp);
      const [message] = this.source.take(1);
      if (!message) return this.#stand();
      this.listener(message);
    }
  };

  #stand(): void {
    this.#state = 'in line';
    this.source.enter(this);
  }
}
