import type { Message } from '@nest-channels/core';
import { Injectable } from '@nestjs/common';
import { ContextIdFactory, ModuleRef } from '@nestjs/core';
import { isObservable, lastValueFrom } from 'rxjs';
import { CHANNELS_CONTEXT } from './channels-arguments-host.js';
import { type ConsumerMethod, moduleRefOf, type Wrapper } from './consumer.explorer.js';
import { declareOpenParameters, hasParameters, type Turn } from './consumers/open-parameters.js';
import { isOrdered } from './enforce-ordering.decorator.js';
import { EnhancerChains } from './enhancer-chain.js';
import { HandlerContexts } from './handler-contexts.js';
import { messageParameters } from './message-parameters.js';
import { PARAMETERS_METADATA } from './parameter-declaration.js';
import { type ArgumentsReader, plainArguments } from './plain-arguments.js';
import { taskTimeoutOf } from './task-timeout.decorator.js';

/** Is a consumer's method with all its enhancers around it. */
export interface Handler {
  /** Names class and method in logs: `ChatConsumers.join`. */
  readonly label: string;
  /** Is how long one run may take, when `@TaskTimeout()` says it. */
  readonly timeoutMs?: number;
  /** Says that its connections are handled in strict order. */
  readonly isOrdered?: boolean;
  /** Runs guards, interceptors, pipes, the method and filters; resolves to what they return. */
  run(message: Message): Promise<unknown>;
}

/** Is a handler whose `this` is given with each message. */
export interface OpenHandler extends Omit<Handler, 'run'> {
  readonly run: (self: object, message: Message) => Promise<unknown>;
}

/** Calls the method of a handler; `args` are there if its parameters are decorated. */
export type Caller = (
  self: object,
  method: Methods[string],
  message: Message,
  args?: readonly unknown[],
) => unknown;

type Run = Handler['run'];
type Methods = Readonly<Record<string, (...args: unknown[]) => unknown>>;
type Call = (...args: unknown[]) => Promise<unknown>;
type ContextId = ReturnType<typeof ContextIdFactory.create>;

/** Is whose instance runs, and for which message it was made. */
interface Scope {
  readonly contextId: ContextId;
  readonly inquirerId: string;
}

/** Makes the run of an instance that was made for a message. */
type RunAround = (instance: object, message: Message, scope: Scope) => Run;

/** Builds handlers: Nest's whole pipeline around a method, in context type `channels`. */
@Injectable()
export class HandlerFactory {
  constructor(
    private readonly contexts: HandlerContexts,
    private readonly moduleRef: ModuleRef,
    private readonly enhancers: EnhancerChains,
  ) {}

  create(consumer: ConsumerMethod): Handler {
    const { wrapper } = consumer;
    const isShared = wrapper.isDependencyTreeStatic() && !wrapper.isTransient;
    const run = isShared ? this.#shared(consumer) : this.#scoped(consumer);
    return { ...aspectsOf(consumer), run };
  }

  /** Builds a handler for a class of which there are several instances, or views of one. */
  open(consumer: ConsumerMethod, call: Caller): OpenHandler {
    const { type, method } = consumer;
    const isPlain = this.enhancers.isBare(consumer);
    const read = isPlain ? openArguments(type, method) : undefined;
    const run = read ? this.#openBare(consumer, call, read) : this.#openPipeline(consumer, call);
    return { ...aspectsOf(consumer), run };
  }

  /** Builds one for a class of which Nest makes an instance for each message. */
  scoped(consumer: ConsumerMethod, call: Caller): Handler {
    const { type, method } = consumer;
    const isDecorated = hasParameters(type, method);
    const around = (instance: object, message: Message, scope: Scope): Run => {
      const callback = (instance as Methods)[method];
      const calling: Methods[string] = (...args) =>
        call(instance, callback, message, isDecorated ? args : undefined);
      copyMetadata(callback, calling);
      return this.#pipeline(instance, method, scope, calling);
    };
    const run = this.#scoped(consumer, around);
    return { ...aspectsOf(consumer), run };
  }

  #openBare(
    { wrapper, method }: ConsumerMethod,
    call: Caller,
    read: (message: Message) => readonly unknown[] | undefined,
  ): OpenHandler['run'] {
    const instance = wrapper.instance as object;
    const callback = (instance as Methods)[method];
    const failing = this.#failing(instance, callback, method);
    return async (self, message) => {
      try {
        return await valueOf(call(self, callback, message, read(message)));
      } catch (error) {
        return failing(message, error);
      }
    };
  }

  #openPipeline({ wrapper, type, method }: ConsumerMethod, call: Caller): OpenHandler['run'] {
    const instance = wrapper.instance as object;
    const callback = (instance as Methods)[method];
    const isDecorated = hasParameters(type, method);
    const name = declareOpenParameters(type, method);
    const calling: Methods[string] = (...args) => {
      const { self, message } = args.pop() as Turn;
      return call(self, callback, message, isDecorated ? args : undefined);
    };
    copyMetadata(callback, calling);
    const host = Object.create(instance, { [name]: { value: callback } }) as object;
    const pipeline = this.#nestPipeline(host, name, calling, { inquirerId: wrapper.id });
    return async (self, message) =>
      valueOf(await pipeline(message, message.content, message.channel, self));
  }

  #shared(consumer: ConsumerMethod): Run {
    const { wrapper, type, method } = consumer;
    const read = this.enhancers.isBare(consumer) ? plainArguments(type, method) : undefined;
    const instance = wrapper.instance as object;
    return read ? this.#bare(instance, method, read) : this.#pipeline(instance, method);
  }

  /**
   * Calls the method itself and leaves only errors to Nest: nothing else would be done around it.
   *
   * Nest's way through its empty pipeline costs more than all the rest of a run.
   */
  #bare(instance: object, method: string, read: ArgumentsReader): Run {
    const callback = (instance as Methods)[method];
    const failing = this.#failing(instance, callback, method);
    return async (message) => {
      try {
        return await valueOf(callback.apply(instance, read(message)));
      } catch (error) {
        return failing(message, error);
      }
    };
  }

  /** Leaves an error to the filters of a handler. */
  #failing(
    instance: object,
    callback: Methods[string],
    method: string,
  ): (message: Message, error: unknown) => Promise<unknown> {
    const errors = new WeakMap<Message, unknown>();
    const fail = (message: unknown): never => {
      throw errors.get(message as Message);
    };
    copyMetadata(callback, fail);
    const failing = runOf(this.#withFilters(instance, fail, method));
    return (message, error) => {
      errors.set(message, error);
      return failing(message);
    };
  }

  /** Makes a new instance for each message, which request-scoped providers inject as REQUEST. */
  #scoped(consumer: ConsumerMethod, around?: RunAround): Run {
    const { wrapper, method } = consumer;
    const moduleRef = moduleRefOf(wrapper) ?? this.moduleRef;
    return async (message) => {
      const contextId = ContextIdFactory.getByRequest(message);
      moduleRef.registerRequestByContextId(requestOf(message, contextId, wrapper), contextId);
      const scope = { contextId, inquirerId: wrapper.id };
      const run = await moduleRef.resolve<object>(wrapper.token, contextId).then(
        (instance) => around?.(instance, message, scope) ?? this.#pipeline(instance, method, scope),
        (error: unknown) => this.#failure(consumer, scope, error),
      );
      return run(message);
    };
  }

  /** Leaves to the filters of a handler the error for which it cannot even be made. */
  #failure({ type, method }: ConsumerMethod, scope: Scope, error: unknown): Run {
    const prototype = type.prototype as Methods;
    const fail = (): never => {
      throw error;
    };
    copyMetadata(prototype[method], fail);
    return runOf(this.#withFilters(Object.create(prototype) as object, fail, method, scope));
  }

  #withFilters(instance: object, callback: Methods[string], method: string, scope?: Scope): Call {
    return this.contexts.creator.create(
      instance,
      callback,
      method,
      undefined,
      undefined,
      scope?.contextId,
      scope?.inquirerId,
      { guards: false, interceptors: false, filters: true },
      CHANNELS_CONTEXT,
    );
  }

  #pipeline(
    instance: object,
    method: string,
    scope?: Scope,
    callback = (instance as Methods)[method],
  ): Run {
    return runOf(this.#nestPipeline(instance, method, callback, scope));
  }

  #nestPipeline(
    instance: object,
    method: string,
    callback: Methods[string],
    scope?: Partial<Scope>,
  ): Call {
    return this.contexts.creator.create(
      instance,
      callback,
      method,
      PARAMETERS_METADATA,
      messageParameters,
      scope?.contextId,
      scope?.inquirerId,
      { guards: true, interceptors: true, filters: true },
      CHANNELS_CONTEXT,
    );
  }
}

/** Is what is known of a handler besides how to run it. */
function aspectsOf({ type, method, label }: ConsumerMethod): Omit<Handler, 'run'> {
  const timeoutMs = taskTimeoutOf(type.prototype as object, method);
  return { label, timeoutMs, isOrdered: isOrdered(type, method) };
}

/** Nest reads the enhancers of a method from the function it is given. */
function copyMetadata(from: Methods[string], to: Methods[string]): void {
  Object.defineProperty(to, 'name', { value: from.name });
  for (const key of Reflect.getMetadataKeys(from) as unknown[]) {
    Reflect.defineMetadata(key, Reflect.getMetadata(key, from), to);
  }
}

/** Returns what reads the arguments of a method, if no decorator of somebody else does. */
function openArguments(
  type: ConsumerMethod['type'],
  method: string,
): ((message: Message) => readonly unknown[] | undefined) | undefined {
  return hasParameters(type, method) ? plainArguments(type, method) : () => undefined;
}

function runOf(call: Call): Run {
  return (message) => call(message, message.content, message.channel).then(valueOf);
}

/** A durable tree outlives the message, so it injects what its strategy says of the message. */
function requestOf(message: Message, { payload }: ContextId, wrapper: Wrapper): unknown {
  return wrapper.isDependencyTreeDurable() ? payload : Object.assign(message, payload);
}

/** Filters, unlike handlers in Nest's pipeline, may return an Observable that it leaves as it is. */
function valueOf(result: unknown): unknown {
  return isObservable(result) ? lastValueFrom(result) : result;
}
