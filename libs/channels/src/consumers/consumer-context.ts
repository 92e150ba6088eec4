import type { Captures, Channel, Group, Message } from '@nest-channels/core';
import type { Streams } from './streams.js';
import type { WebsocketMultiplexer } from './websocket-multiplexer.js';

/** Is where a class-based consumer keeps the context it runs in. */
export const CONTEXT = Symbol('channels:context');

/** Is the method by which a class-based consumer calls one of its handlers. */
export const CALL = Symbol('channels:call');

/** Is the method by which a class-based consumer reads the arguments of `receive`. */
export const FRAME = Symbol('channels:frame');

/** Is the method by which a class-based consumer tells what a frame says that it sends as a stream. */
export const PAYLOAD = Symbol('channels:payload');

/** Is the method by which a class-based consumer gets as a frame what it is sent as a stream. */
export const FRAMED = Symbol('channels:framed');

/** Is the method by which a class-based consumer answers a frame that it refused. */
export const REFUSE = Symbol('channels:refuse');

/** Is the method by which a class-based consumer shapes what it returns for a frame. */
export const SHAPE = Symbol('channels:shape');

/** Is what a class-based consumer runs in: one message, or one connection. */
export interface ConsumerContext<State extends object = object> {
  /** Is the message at hand. */
  readonly message: Message;
  readonly params: Captures;
  /** @throws StateMissing `CHANNELS_STATE_MISSING` where nobody keeps it */
  readonly state: State;
  /** Aborts when the connection ends; in life `message` it never does. */
  readonly signal: AbortSignal;
  /** Is the injected consumer that the one at hand is a view of, if it is one. */
  readonly shared?: { [CONTEXT]?: ConsumerContext };
  /** Is there for the stream of a demultiplexer. */
  readonly multiplexer?: WebsocketMultiplexer;
  /** Are the streams of a demultiplexer, for itself. */
  readonly streams?: Streams;
  channel<Name extends string>(name: Name): Channel<Name>;
  group<Name extends string>(name: Name): Group<Name>;
}
