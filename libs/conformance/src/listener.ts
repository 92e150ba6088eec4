import type { ChannelLayer, Received } from '@nest-channels/core';
import { within } from './within.js';

/** Is one `receive` that a test has under way. */
export class Listener {
  readonly #controller = new AbortController();
  readonly #received: Promise<Received[]>;
  #result: readonly Received[] | undefined;

  constructor(
    layer: ChannelLayer,
    channels: readonly string[],
    private readonly patienceMs: number,
    max?: number,
  ) {
    const { signal } = this.#controller;
    this.#received = layer.receive(channels, max === undefined ? { signal } : { signal, max });
    // A test that fails before it asks must not fail a second time by an unhandled rejection.
    this.#received.then(
      (messages) => (this.#result = messages),
      () => undefined,
    );
  }

  /** Is what it returned, or undefined while it waits. */
  get result(): readonly Received[] | undefined {
    return this.#result;
  }

  /** Resolves to what it returns. */
  done(): Promise<Received[]> {
    return within(this.patienceMs, 'a receive ends', () => this.#received);
  }

  /** Ends it by its signal. */
  abort(): void {
    this.#controller.abort();
  }
}
