import type { Captures, Channel, ContentOf, Message } from '@nest-channels/core';
import type { ArgumentsHost } from '@nestjs/common';
import { ForeignContext } from './errors.js';

/** Is the type of `ExecutionContext.getType()` around a handler. */
export const CHANNELS_CONTEXT = 'channels';

/**
 * Is what an exception filter knows of the message that failed.
 *
 * ```ts
 * catch(error: Error, host: ArgumentsHost) {
 *   return ChannelsArgumentsHost.create(host).getMessage().deny({ status: 409 });
 * }
 * ```
 * What a filter returns counts as the handler's own value, so that of a `websocket.receive` is its
 * answer; `undefined`, not in a promise, means that the error is left unhandled.
 *
 * Handlers are called with the message, its content and the name of its channel. Enhancers that
 * expect another transport therefore find the message as `switchToHttp().getRequest()`,
 * `switchToWs().getClient()` and `switchToRpc().getData()`, the content as
 * `switchToWs().getData()` and the channel as `switchToWs().getPattern()`. There is no response:
 * one that writes to it should look at `getType()` first, or be left out by `globalEnhancers: false`.
 */
export class ChannelsArgumentsHost implements ArgumentsHost {
  // Are of the types that Nest gives them.
  readonly getType: ArgumentsHost['getType'] = () => this.#host.getType();
  readonly getArgs: ArgumentsHost['getArgs'] = () => this.#host.getArgs();
  readonly getArgByIndex: ArgumentsHost['getArgByIndex'] = (at) => this.#host.getArgByIndex(at);
  readonly switchToHttp: ArgumentsHost['switchToHttp'] = () => this.#host.switchToHttp();
  readonly switchToRpc: ArgumentsHost['switchToRpc'] = () => this.#host.switchToRpc();
  readonly switchToWs: ArgumentsHost['switchToWs'] = () => this.#host.switchToWs();
  readonly #host: ArgumentsHost;

  /** @throws ForeignContext `CHANNELS_CONTEXT_FOREIGN` outside handlers of channels */
  protected constructor(host: ArgumentsHost) {
    const type = host.getType<string>();
    if (type !== CHANNELS_CONTEXT) throw new ForeignContext(type);
    this.#host = host;
  }

  /**
   * Reads the host that Nest hands to a filter.
   *
   * @throws ForeignContext `CHANNELS_CONTEXT_FOREIGN` outside handlers of channels
   */
  static create(host: ArgumentsHost): ChannelsArgumentsHost {
    return new ChannelsArgumentsHost(host);
  }

  /** Returns the message; `getMessage<'websocket.connect'>()` knows the keys of its content. */
  getMessage<Name extends string = string>(): Message<Name> {
    return this.#host.getArgByIndex<Message<Name>>(0);
  }

  /** Returns the content of the message. */
  getContent<Name extends string = string>(): ContentOf<Name> {
    return this.getMessage<Name>().content;
  }

  /** Returns what the patterns of its route captured. */
  getParams(): Captures {
    return this.getMessage().params;
  }

  /** Returns the name of the channel that the message came from. */
  getChannel(): string {
    return this.getMessage().channel;
  }

  /**
   * Returns the channel that leads back to the connection.
   *
   * @throws ReplyMissing `CHANNELS_REPLY_MISSING` for messages that came without one
   */
  getReplyChannel(): Channel {
    return this.getMessage().replyChannel;
  }
}
