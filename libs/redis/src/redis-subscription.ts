import type { Received, Subscription } from '@nest-channels/core';
import type { Inbox, Receiver } from './inbox.js';

/** Is how many messages a subscription takes at once. */
const APPETITE = 128;

/** Is what a subscription needs of the layer, for its channels. */
export interface SubscriptionSource {
  shift(inbox: Inbox): Received | undefined;
  enter(receiver: Receiver): void;
  leave(receiver: Receiver): void;
  /** Puts it behind all others that wait for the same. */
  yieldTurn(receiver: Receiver): void;
}

/**
 * Is a standing receive of the Redis layer.
 *
 * States: starting → in line (gets what comes) ⇄ paused → closed.
 */
export class RedisSubscription implements Subscription, Receiver {
  readonly wants = APPETITE;
  #state: 'starting' | 'in line' | 'paused' | 'closed' = 'starting';

  constructor(
    private readonly listener: (message: Received) => void,
    private readonly source: SubscriptionSource,
  ) {
    // Its listener may want to pause it, so the caller has to have it before the first message.
    queueMicrotask(() => {
      if (this.#state === 'starting') this.#stand();
    });
  }

  /** Goes to the end of the line after each message, as one who waits anew would. */
  readonly serve = (inbox: Inbox): void => {
    this.source.yieldTurn(this);
    const message = this.source.shift(inbox);
    if (message) this.listener(message);
  };

  readonly end = (): void => this.close();

  pause(): void {
    if (this.#state === 'closed') return;
    this.#state = 'paused';
    this.source.leave(this);
  }

  resume(): void {
    if (this.#state === 'paused') this.#stand();
  }

  close(): void {
    this.#state = 'closed';
    this.source.leave(this);
  }

  #stand(): void {
    this.#state = 'in line';
    this.source.enter(this);
  }
}
