import type { Captures, Channel, Group, Message } from '@nest-channels/core';
import type { ConsumerContext } from './consumer-context.js';
import type { WebsocketMultiplexer } from './websocket-multiplexer.js';

/** Are the parts of a {@link StreamContext}. */
export interface StreamContextParts {
  /** Is what the demultiplexer runs in. */
  readonly outer: ConsumerContext;
  /** Is the message as the stream gets it. */
  readonly message: Message;
  readonly multiplexer: WebsocketMultiplexer;
  /** Is the injected consumer that the one at hand is a view of, if it is one. */
  readonly shared?: ConsumerContext['shared'];
}

/** Is what the consumer of a stream runs in: its demultiplexer's context, with its own message. */
export class StreamContext implements ConsumerContext {
  constructor(private readonly parts: StreamContextParts) {}

  get message(): Message {
    return this.parts.message;
  }

  get multiplexer(): WebsocketMultiplexer {
    return this.parts.multiplexer;
  }

  get shared(): ConsumerContext['shared'] {
    return this.parts.shared;
  }

  get params(): Captures {
    return this.parts.outer.params;
  }

  /** Is that of the connection, which all its streams have. */
  get state(): object {
    return this.parts.outer.state;
  }

  get signal(): AbortSignal {
    return this.parts.outer.signal;
  }

  channel<Name extends string>(name: Name): Channel<Name> {
    return this.parts.outer.channel(name);
  }

  group<Name extends string>(name: Name): Group<Name> {
    return this.parts.outer.group(name);
  }
}
