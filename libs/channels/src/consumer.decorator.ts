import 'reflect-metadata';
import type { Filters } from '@nest-channels/core';

/** Is one `@Consumer` as it was written. */
export interface ConsumerDeclaration {
  readonly channels: readonly string[];
  readonly filters: Filters;
}

/**
 * Says how long a consumer lives.
 *
 * `message`: one instance handles the messages of all connections, in any worker. `connection`: each
 * connection has an instance of its own, in the process of its interface server.
 */
export type Life = 'message' | 'connection';

/** Are the options that a consumer class gives to all its handlers. */
export interface ConsumersOptions {
  /** Is how long its instances live; `message` if absent. */
  readonly life?: Life;
  /**
   * Is the path before those of the handlers, a pattern (`/rooms/:room`) or a RegExp.
   *
   * A handler without a path of its own then matches the class's path exactly, as in a controller.
   */
  readonly path?: string | RegExp;
  /** Is the alias of the layer whose channels are consumed; `defaultLayer` if absent. */
  readonly layer?: string;
  /** Are patterns that all its handlers have, beside their own; none if absent. */
  readonly filters?: Filters;
}

const CONSUMER = Symbol('channels:consumer');
const CONSUMERS = Symbol('channels:consumers');

// Nest resolves the scope of request-scoped global enhancers only for classes marked like this;
// unmarked ones would meet an enhancer that was never constructed.
const ENTRY_PROVIDER = '__entryProvider__';

/**
 * Handles the messages of a channel with this method of a provider.
 *
 * Where none of its parameters is decorated, it gets the message, its content and the name of its
 * channel.
 *
 * @param channels one channel name or several
 * @param filters one pattern per text key of the content; `path` takes a path pattern
 *   (`/rooms/:room`), other keys an equal text, each also a RegExp that matches at the start.
 *   Captures arrive through `@PathParam()`. Names and patterns are checked when the application
 *   boots.
 */
export function Consumer(channels: string | readonly string[], filters: Filters = {}) {
  return (target: object, method: string | symbol): void => {
    const names = typeof channels === 'string' ? [channels] : channels;
    const earlier = consumerDeclarations(target, method);
    Reflect.defineMetadata(CONSUMER, [{ channels: names, filters }, ...earlier], target, method);
    Reflect.defineMetadata(ENTRY_PROVIDER, true, target.constructor);
  };
}

/** Gives a path or a layer to all `@Consumer` methods of a class. */
export function Consumers(options: ConsumersOptions = {}): ClassDecorator {
  return (target) => Reflect.defineMetadata(CONSUMERS, options, target);
}

/** Reads the `@Consumer`s of a method, top to bottom. */
export function consumerDeclarations(
  prototype: object,
  method: string | symbol,
): readonly ConsumerDeclaration[] {
  return (Reflect.getMetadata(CONSUMER, prototype, method) ?? []) as ConsumerDeclaration[];
}

/** Reads the `@Consumers` of a class. */
export function consumersOptions(consumerClass: object): ConsumersOptions {
  return (Reflect.getMetadata(CONSUMERS, consumerClass) ?? {}) as ConsumersOptions;
}

/** Tells whether a class, or one that it extends, has `@Consumers`. */
export function hasConsumersOptions(consumerClass: object): boolean {
  return Reflect.hasMetadata(CONSUMERS, consumerClass);
}
