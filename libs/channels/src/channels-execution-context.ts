import type { ExecutionContext, Type } from '@nestjs/common';
import { ChannelsArgumentsHost } from './channels-arguments-host.js';

/**
 * Is what a guard, an interceptor or a parameter decorator knows of the message at hand.
 *
 * ```ts
 * canActivate(context: ExecutionContext) {
 *   const { params } = ChannelsExecutionContext.create(context).getMessage();
 *   return this.rooms.isOpen(params.room);
 * }
 * ```
 */
export class ChannelsExecutionContext extends ChannelsArgumentsHost implements ExecutionContext {
  readonly #context: ExecutionContext;

  protected constructor(context: ExecutionContext) {
    super(context);
    this.#context = context;
  }

  /**
   * Reads the context that Nest hands to an enhancer.
   *
   * @throws ForeignContext `CHANNELS_CONTEXT_FOREIGN` outside handlers of channels
   */
  static override create(context: ExecutionContext): ChannelsExecutionContext {
    return new ChannelsExecutionContext(context);
  }

  /** Returns the class of the consumer. */
  getClass<T>(): Type<T> {
    return this.#context.getClass<T>();
  }

  /** Returns the method that is about to run, where decorators left its metadata. */
  getHandler(): ReturnType<ExecutionContext['getHandler']> {
    return this.#context.getHandler();
  }
}
