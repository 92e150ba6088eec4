import type { Captures, Channel, Filters, Group, Message } from '@nest-channels/core';
import type { Type } from '@nestjs/common';
import { Consumers, consumersOptions } from '../consumer.decorator.js';
import { ConsumerIdle } from '../errors.js';
import type { Caller } from '../handler.js';
import { CALL, type ConsumerContext, CONTEXT, REFUSE, SHAPE } from './consumer-context.js';

/** Is what a handler of a class-based consumer is called with, if its parameters say nothing. */
export type HandlerMethod = (...args: unknown[]) => unknown;

/** Maps channels to the methods that handle their messages. */
export type MethodMapping = Readonly<Record<string, string>>;

/** Are attributes that a route gives to its own copy of a consumer class. */
export type RouteAttributes<Consumer> = Partial<Consumer> & {
  readonly methodMapping?: MethodMapping;
};

/**
 * Is the class that class-based consumers extend.
 *
 * Nest makes and injects it as any provider. What it says of the message at hand belongs to that
 * message alone: in life `message` each handler runs on a view of the injected instance, so that
 * fields it sets are gone with its message; in life `connection` each connection has an instance.
 *
 * Handlers are the methods with `@Consumer()`, and those that the static `methodMapping` names.
 */
export abstract class BaseConsumer<State extends object = Record<string, unknown>> {
  /** Maps channels to methods; none if absent. */
  static readonly methodMapping?: MethodMapping;

  /** Asks for a session per connection, as `state`; a sessions module provides it. */
  readonly channelSession: boolean = false;
  /** Asks for that session and the user in it; stands above `channelSession`. */
  readonly channelSessionUser: boolean = false;

  [CONTEXT]?: ConsumerContext<State>;

  /**
   * Returns a provider: this class with a route of its own.
   *
   * ```ts
   * providers: [Echo.asRoute({ strictOrdering: true }, { path: '/echo' })]
   * ```
   *
   * @param attributes stand above the fields of the class, in this route only
   * @param filters are those of all its handlers; `path` is the path before theirs
   */
  static asRoute<Class extends Type<BaseConsumer<object>>>(
    this: Class,
    attributes: RouteAttributes<InstanceType<Class>> = {},
    filters: Filters = {},
  ): Class {
    const { methodMapping, ...fields } = attributes;
    const route = subclassOf(this, fields);
    if (methodMapping) Object.defineProperty(route, 'methodMapping', { value: methodMapping });
    const { path, ...others } = filters;
    Consumers({ ...consumersOptions(this), ...(path && { path }), filters: others })(route);
    return route;
  }

  /** Is the message at hand; where handlers run in parallel, take `@Msg()` instead. */
  protected get message(): Message {
    return contextOf(this).message;
  }

  /** Is what the path pattern captured. */
  protected get params(): Captures {
    return contextOf(this).params;
  }

  /**
   * Is what the consumer remembers of its connection, in either life.
   *
   * In life `connection` it is an object of the instance; in life `message` it is kept between
   * messages by whoever provides `channelSession`.
   *
   * @throws StateMissing `CHANNELS_STATE_MISSING` in life `message` without `channelSession`
   */
  protected get state(): State {
    return contextOf(this).state;
  }

  /** Aborts when the connection has ended, in life `connection`; in life `message` it never does. */
  protected get signal(): AbortSignal {
    return contextOf(this).signal;
  }

  /** @throws ReplyMissing `CHANNELS_REPLY_MISSING` for messages that came without one */
  protected get replyChannel(): Channel {
    return this.message.replyChannel;
  }

  /** Is the name under which the connection can be sent to, from anywhere. */
  protected get channelName(): string {
    return this.replyChannel.name;
  }

  /** Returns the channel of this name, on the consumer's layer. */
  protected channel<Name extends string>(name: Name): Channel<Name> {
    return contextOf(this).channel(name);
  }

  /** Returns the group of this name, on the consumer's layer. */
  protected group<Name extends string>(name: Name): Group<Name> {
    return contextOf(this).group(name);
  }

  /** Calls a handler, with the arguments its decorated parameters ask for, if it has any. */
  [CALL](method: HandlerMethod, message: Message, args?: readonly unknown[]): unknown {
    return method.apply(this, [...(args ?? [message, message.content, message.channel])]);
  }

  /** Returns the answer to an error that it knows how to tell its client; undefined for others. */
  [REFUSE](_error: unknown): unknown {
    return undefined;
  }

  /** Shapes what `receive` returned. */
  [SHAPE](value: unknown): unknown {
    return value;
  }
}

/** Calls a method the way its class does; one that is not class-based as Nest would. */
export const callMethod: Caller = (self, method, message, args) =>
  self instanceof BaseConsumer
    ? self[CALL](method, message, args)
    : method.apply(self, [...(args ?? [message, message.content, message.channel])]);

/** Tells whether a class is a class-based consumer. */
export function isClassBased(type: object): type is Type<BaseConsumer<object>> {
  return typeof type === 'function' && type.prototype instanceof BaseConsumer;
}

/**
 * Runs a handler of a class-based consumer to its value; that for a frame is shaped for the client.
 *
 * @throws what the handler threw, unless the consumer has an answer to it
 */
export async function valueFrom(
  consumer: BaseConsumer<object>,
  { channel }: Message,
  run: () => Promise<unknown>,
): Promise<unknown> {
  try {
    const value = await run();
    return channel === 'websocket.receive' ? consumer[SHAPE](value) : value;
  } catch (error) {
    const answer = consumer[REFUSE](error);
    if (answer === undefined) throw error;
    return answer;
  }
}

/** @throws ConsumerIdle `CHANNELS_CONSUMER_IDLE` outside of a message */
export function contextOf<State extends object>(
  consumer: BaseConsumer<State>,
): ConsumerContext<State> {
  const context = consumer[CONTEXT];
  if (!context) throw new ConsumerIdle(consumer.constructor.name);
  return context;
}

function subclassOf<Class extends Type<BaseConsumer<object>>>(
  parent: Class,
  fields: object,
): Class {
  const route = class extends (parent as Type<BaseConsumer<object>>) {
    constructor(...args: unknown[]) {
      super(...args);
      Object.assign(this, fields);
    }
  };
  Object.defineProperty(route, 'name', { value: parent.name });
  return route as Class;
}
