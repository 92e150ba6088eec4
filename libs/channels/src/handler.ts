import type { Message } from '@nest-channels/core';
import { Injectable } from '@nestjs/common';
import { ContextIdFactory, ModuleRef } from '@nestjs/core';
import { isObservable, lastValueFrom } from 'rxjs';
import { CHANNELS_CONTEXT } from './channels-arguments-host.js';
import type { ConsumerMethod, Wrapper } from './consumer.explorer.js';
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
  /** Runs guards, interceptors, pipes, the method and filters; resolves to what they return. */
  run(message: Message): Promise<unknown>;
}

type Run = Handler['run'];
type Methods = Readonly<Record<string, (...args: unknown[]) => unknown>>;
type Call = (...args: unknown[]) => Promise<unknown>;
type ContextId = ReturnType<typeof ContextIdFactory.create>;

/** Is whose instance runs, and for which message it was made. */
interface Scope {
  readonly contextId: ContextId;
  readonly inquirerId: string;
}

/** Builds handlers: Nest's whole pipeline around a method, in context type `channels`. */
@Injectable()
export class HandlerFactory {
  constructor(
    private readonly contexts: HandlerContexts,
    private readonly moduleRef: ModuleRef,
    private readonly enhancers: EnhancerChains,
  ) {}

  create(consumer: ConsumerMethod): Handler {
    const { wrapper, type, method } = consumer;
    const isShared = wrapper.isDependencyTreeStatic() && !wrapper.isTransient;
    return {
      label: consumer.label,
      timeoutMs: taskTimeoutOf(type.prototype as object, method),
      run: isShared ? this.#shared(consumer) : this.#scoped(consumer),
    };
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
    const errors = new WeakMap<Message, unknown>();
    const fail = (message: Message): never => {
      throw errors.get(message);
    };
    copyMetadata(callback, fail);
    const failing = runOf(this.#withFilters(instance, fail, method));
    return async (message) => {
      try {
        return await valueOf(callback.apply(instance, read(message)));
      } catch (error) {
        errors.set(message, error);
        return failing(message);
      }
    };
  }

  /** Makes a new instance for each message, which request-scoped providers inject as REQUEST. */
  #scoped(consumer: ConsumerMethod): Run {
    const { wrapper, method } = consumer;
    const moduleRef = this.#moduleOf(wrapper);
    return async (message) => {
      const contextId = ContextIdFactory.getByRequest(message);
      moduleRef.registerRequestByContextId(requestOf(message, contextId, wrapper), contextId);
      const scope = { contextId, inquirerId: wrapper.id };
      const run = await moduleRef.resolve<object>(wrapper.token, contextId).then(
        (instance) => this.#pipeline(instance, method, scope),
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

  #withFilters(
    instance: object,
    callback: (message: Message) => unknown,
    method: string,
    scope?: Scope,
  ): Call {
    return this.contexts.creator.create(
      instance,
      callback as Methods[string],
      method,
      undefined,
      undefined,
      scope?.contextId,
      scope?.inquirerId,
      { guards: false, interceptors: false, filters: true },
      CHANNELS_CONTEXT,
    );
  }

  /** Tokens are unique within a module only. */
  #moduleOf({ host }: Wrapper): ModuleRef {
    const own = host?.getProviderByKey<ModuleRef>(ModuleRef)?.instance;
    return own ?? this.moduleRef;
  }

  #pipeline(instance: object, method: string, scope?: Scope): Run {
    const call = this.contexts.creator.create(
      instance,
      (instance as Methods)[method],
      method,
      PARAMETERS_METADATA,
      messageParameters,
      scope?.contextId,
      scope?.inquirerId,
      { guards: true, interceptors: true, filters: true },
      CHANNELS_CONTEXT,
    );
    return runOf(call);
  }
}

/** Nest reads the enhancers of a method from the function it is given. */
function copyMetadata(from: object, to: object): void {
  for (const key of Reflect.getMetadataKeys(from) as unknown[]) {
    Reflect.defineMetadata(key, Reflect.getMetadata(key, from), to);
  }
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
