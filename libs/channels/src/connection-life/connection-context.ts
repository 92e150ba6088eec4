import type { Captures, Channel, Group, Message } from '@nest-channels/core';
import type { Channels } from '../channels.js';
import type { ConsumerContext } from '../consumers/consumer-context.js';
import type { Streams } from '../consumers/streams.js';
import { ConsumerIdle } from '../errors.js';

/** Are the parts of a {@link ConnectionContext}. */
export interface ConnectionContextParts {
  /** Names the class. */
  readonly label: string;
  readonly params: Captures;
  readonly channels: Channels;
  /** Is the alias of the layer that the connection speaks over. */
  readonly layer: string;
  /** Are the streams of a demultiplexer. */
  readonly streams?: Streams;
}

/**
 * Is what a consumer of life `connection` runs in, from its connect to its end.
 *
 * States: living → ended.
 */
export class ConnectionContext implements ConsumerContext {
  readonly state = {};
  #state: 'living' | 'ended' = 'living';
  #abort?: AbortController;
  #message?: Message;

  constructor(private readonly parts: ConnectionContextParts) {}

  /** Is the message whose handling began last. */
  get message(): Message {
    if (!this.#message) throw new ConsumerIdle(this.parts.label);
    return this.#message;
  }

  get streams(): Streams | undefined {
    return this.parts.streams;
  }

  get params(): Captures {
    return this.parts.params;
  }

  /** Is made when first asked for. */
  get signal(): AbortSignal {
    if (!this.#abort) {
      this.#abort = new AbortController();
      if (this.#state === 'ended') this.#abort.abort();
    }
    return this.#abort.signal;
  }

  /** Takes note of the message at hand. */
  begin(message: Message): void {
    this.#message = message;
  }

  /** Aborts the signal. */
  end(): void {
    this.#state = 'ended';
    this.#abort?.abort();
  }

  channel<Name extends string>(name: Name): Channel<Name> {
    return this.parts.channels.channel(name, this.parts.layer);
  }

  group<Name extends string>(name: Name): Group<Name> {
    return this.parts.channels.group(name, this.parts.layer);
  }
}
