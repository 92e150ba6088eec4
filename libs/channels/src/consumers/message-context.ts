import type { Captures, Channel, Group, Message } from '@nest-channels/core';
import type { Channels } from '../channels.js';
import { type ConsumerContext, CONTEXT } from './consumer-context.js';
import type { Streams } from './streams.js';

/** Is what the contexts of one consumer class share. */
export interface MessageContextParts {
  readonly channels: Channels;
  /** Is the alias of the layer that the class is on; the default one if undefined. */
  readonly layer?: string;
  /** Is the injected consumer that the one at hand is a view of, if it is one. */
  readonly shared?: { [CONTEXT]?: ConsumerContext };
  /** Are the streams of a demultiplexer. */
  readonly streams?: Streams;
  /** @throws StateMissing `CHANNELS_STATE_MISSING` */
  stateOf(message: Message): object;
}

/** Is what a consumer of life `message` runs in: nothing but its message. */
export class MessageContext implements ConsumerContext {
  #signal?: AbortSignal;

  constructor(
    readonly message: Message,
    private readonly parts: MessageContextParts,
  ) {}

  get shared(): MessageContextParts['shared'] {
    return this.parts.shared;
  }

  get streams(): Streams | undefined {
    return this.parts.streams;
  }

  get params(): Captures {
    return this.message.params;
  }

  get state(): object {
    return this.parts.stateOf(this.message);
  }

  get signal(): AbortSignal {
    return (this.#signal ??= new AbortController().signal);
  }

  channel<Name extends string>(name: Name): Channel<Name> {
    return this.parts.channels.channel(name, this.parts.layer);
  }

  group<Name extends string>(name: Name): Group<Name> {
    return this.parts.channels.group(name, this.parts.layer);
  }
}
