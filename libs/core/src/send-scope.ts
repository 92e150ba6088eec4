import { AsyncLocalStorage } from 'node:async_hooks';
import { type Clock, delay } from './clock.js';
import { ChannelFull } from './errors.js';

/** Is how often and how long a buffered send to a full channel is tried again. */
export const FLUSH_RETRY = { everyMs: 200, forMs: 2_000 } as const;

/** Is a send whose target and content are fixed and checked. */
export interface PendingSend {
  /** Names the target in logs: `channel "jobs"`. */
  readonly target: string;
  attempt(): Promise<void>;
}

/** Is told of each send that was made inside a scope and did not get through. */
export type SendFailure = (send: PendingSend, error: unknown) => void;

/** Are the options of one send. */
export interface SendOptions {
  /** Sends at once and overtakes what is buffered; false if absent. */
  readonly immediately?: boolean;
}

/**
 * Buffers what a handler sends and flushes it, in order, when the handler has ended.
 *
 * Each application has its own; scopes nest, and the inner one is flushed when it ends.
 */
export class SendScopes {
  readonly #current = new AsyncLocalStorage<SendScope>();

  constructor(private readonly clock: Clock) {}

  /**
   * Runs work in a scope of its own and flushes what it sent, also when it throws.
   *
   * A send that meets a full channel is tried again 0.2 s apart for 2 s. One that fails for good is
   * reported and dropped; the others are still sent and nothing is thrown.
   *
   * @param work gets its scope, to discard what it has sent
   */
  async run<T>(work: (scope: SendScope) => Promise<T>, onFailure: SendFailure): Promise<T> {
    const scope = new SendScope(this.clock, onFailure);
    try {
      return await this.#current.run(scope, work, scope);
    } finally {
      if (scope.hasPending) await scope.flush();
      else scope.close();
    }
  }

  /**
   * Runs work in a scope that buffers nothing; a send that fails is reported all the same.
   *
   * @param work gets its scope, to abandon it
   */
  runUnbuffered<T>(work: (scope: SendScope) => Promise<T>, onFailure: SendFailure): Promise<T> {
    const scope = new SendScope(this.clock, onFailure);
    scope.close();
    return this.#current.run(scope, work, scope);
  }

  /**
   * Sends now, or when the scope that is running ends.
   *
   * The promise of a buffered send resolves at once; that of any other rejects with the layer's
   * error.
   */
  send(send: PendingSend, options: SendOptions = {}): Promise<void> {
    const scope = this.#current.getStore();
    if (!scope) return send.attempt();
    return options.immediately || !scope.isOpen ? scope.sendNow(send) : scope.buffer(send);
  }
}

/**
 * Is one handler's buffer.
 *
 * States: open → closed, or open → abandoned. It opens with the handler and closes when everything
 * buffered has been flushed; work that outlives the handler then sends at once. Work that outlives
 * an abandoned scope sends nothing any more.
 */
export class SendScope {
  #state: 'open' | 'closed' | 'abandoned' = 'open';
  #pending: PendingSend[] = [];
  #reason: unknown;

  constructor(
    private readonly clock: Clock,
    private readonly onFailure: SendFailure,
  ) {}

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  get hasPending(): boolean {
    return this.#pending.length > 0;
  }

  buffer(send: PendingSend): Promise<void> {
    this.#pending.push(send);
    return Promise.resolve();
  }

  /** Forgets what is buffered; what is sent from now on is buffered again. */
  discard(): void {
    this.#pending = [];
  }

  /** Forgets what is buffered, and refuses and reports everything that is still sent. */
  abandon(reason: unknown): void {
    this.discard();
    this.#reason = reason;
    this.#state = 'abandoned';
  }

  sendNow(send: PendingSend): Promise<void> {
    const sent = this.#state === 'abandoned' ? Promise.reject(this.#reason) : send.attempt();
    // A handler need not await its sends: the failure is reported here, and a rejection that
    // nobody handles would end the process.
    sent.catch((error: unknown) => this.onFailure(send, error));
    return sent;
  }

  close(): void {
    if (this.#state === 'open') this.#state = 'closed';
  }

  async flush(): Promise<void> {
    while (this.#pending.length > 0) {
      const sends = this.#pending;
      this.#pending = [];
      for (const send of sends) await this.#deliver(send);
    }
    this.close();
  }

  async #deliver(send: PendingSend): Promise<void> {
    try {
      await this.#deliverOrRetry(send);
    } catch (error) {
      this.onFailure(send, error);
    }
  }

  async #deliverOrRetry(send: PendingSend): Promise<void> {
    const giveUpAt = this.clock.now() + FLUSH_RETRY.forMs;
    for (;;) {
      try {
        return await send.attempt();
      } catch (error) {
        const isFinal = !(error instanceof ChannelFull) || this.clock.now() >= giveUpAt;
        if (isFinal) throw error;
        await delay(this.clock, FLUSH_RETRY.everyMs);
      }
    }
  }
}
