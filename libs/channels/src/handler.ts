import type { Message } from '@nest-channels/core';
import { Injectable } from '@nestjs/common';
import { ContextIdFactory, ModuleRef } from '@nestjs/core';
import type { ConsumerMethod } from './consumer.explorer.js';
import { HandlerContexts } from './handler-contexts.js';
import { messageParameters } from './message-parameters.js';
import { PARAMETERS_METADATA } from './parameter-declaration.js';

/** Is the type of `ExecutionContext.getType()` around a handler. */
export const CHANNELS_CONTEXT = 'channels';

/** Is a consumer's method with all its enhancers around it. */
export interface Handler {
  /** Names class and method in logs: `ChatConsumers.join`. */
  readonly label: string;
  /** Runs guards, interceptors, pipes, the method and filters; resolves to what they return. */
  run(message: Message): Promise<unknown>;
}

type Run = Handler['run'];

/** Builds handlers: Nest's whole pipeline around a method, in context type `channels`. */
@Injectable()
export class HandlerFactory {
  constructor(
    private readonly contexts: HandlerContexts,
    private readonly moduleRef: ModuleRef,
  ) {}

  create(consumer: ConsumerMethod): Handler {
    const { wrapper } = consumer;
    const isShared = wrapper.isDependencyTreeStatic() && !wrapper.isTransient;
    return {
      label: consumer.label,
      run: isShared ? this.#shared(consumer) : this.#scoped(consumer),
    };
  }

  #shared({ wrapper, method }: ConsumerMethod): Run {
    return this.#pipeline(wrapper.instance as object, method);
  }

  /** Makes a new instance for each message, which request-scoped providers inject as REQUEST. */
  #scoped({ wrapper, method }: ConsumerMethod): Run {
    return async (message) => {
      const contextId = ContextIdFactory.getByRequest(message);
      this.moduleRef.registerRequestByContextId(message, contextId);
      const options = { strict: false };
      const instance = await this.moduleRef.resolve<object>(wrapper.token, contextId, options);
      return this.#pipeline(instance, method, { contextId, inquirerId: wrapper.id })(message);
    };
  }

  #pipeline(
    instance: object,
    method: string,
    scope?: { contextId: ReturnType<typeof ContextIdFactory.create>; inquirerId: string },
  ): Run {
    return this.contexts.creator.create(
      instance,
      (instance as Record<string, (...args: unknown[]) => unknown>)[method],
      method,
      PARAMETERS_METADATA,
      messageParameters,
      scope?.contextId,
      scope?.inquirerId,
      { guards: true, interceptors: true, filters: true },
      CHANNELS_CONTEXT,
    ) as Run;
  }
}
