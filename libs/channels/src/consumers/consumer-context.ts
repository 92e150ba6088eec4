import type { Captures, Channel, Group, Message } from '@nest-channels/core';

/** Is where a class-based consumer keeps the context it runs in. */
export const CONTEXT = Symbol('channels:context');

/** Is the method by which a class-based consumer calls one of its handlers. */
export const CALL = Symbol('channels:call');

/** Is the method by which a class-based consumer reads the arguments of `receive`. */
export const FRAME = Symbol('channels:frame');

/** Is the method by which a class-based consumer shapes what its handlers return. */
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
  channel<Name extends string>(name: Name): Channel<Name>;
  group<Name extends string>(name: Name): Group<Name>;
}
