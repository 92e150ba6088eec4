import {
  Channel,
  type ChannelLayer,
  type Content,
  isRefusalStatus,
  MalformedJson,
  Message,
  type PendingSend,
  reasonOf,
  type RouteMatch,
  type Router,
  type SendScopes,
} from '@nest-channels/core';
import { HttpException, Logger } from '@nestjs/common';
import type { WorkerSettings } from './worker-options.js';
import type { Handler } from './handler.js';
import { quote } from './log-text.js';

/** Is what a dispatcher works with, all of one layer. */
export interface DispatcherParts {
  readonly layer: ChannelLayer;
  readonly router: Router<Handler>;
  readonly scopes: SendScopes;
  readonly policy: Pick<WorkerSettings, 'unrouted' | 'onError'>;
}

/** Takes messages to their handlers and turns what comes of it into replies and log lines. */
export class Dispatcher {
  readonly #logger = new Logger('Worker');

  constructor(private readonly parts: DispatcherParts) {}

  /** Handles one message to its end, sends included; never rejects, whatever the message is. */
  async dispatch(channel: string, content: Content): Promise<void> {
    try {
      const match = this.parts.router.match(channel, content);
      const message = this.#messageOf(channel, content, match);
      await this.parts.scopes.run(
        () => (match ? this.#handle(match.handler, message) : this.#unrouted(message)),
        (send, error) => this.#logLost(match?.handler, message, send, error),
      );
    } catch (error) {
      this.#logger.error(`A message on ${channel} was dropped: ${reasonOf(error)}`);
    }
    if (content['settle'] === true) await this.#settle(content);
  }

  /** Tells the interface server that a frame has been handled; it copes when this gets lost. */
  async #settle({ reply_channel: replyChannel, order }: Content): Promise<void> {
    try {
      await this.parts.layer.send(replyChannel as string, { settled: order });
    } catch (error) {
      this.#logger.debug(`Cannot settle a frame: ${reasonOf(error)}`);
    }
  }

  #messageOf(channel: string, content: Content, match?: RouteMatch<Handler>): Message {
    const { layer, scopes } = this.parts;
    const name = content['reply_channel'];
    const replyChannel = typeof name === 'string' ? new Channel(name, layer, scopes) : undefined;
    return new Message({ channel, content, params: match?.params, replyChannel });
  }

  async #handle(handler: Handler, message: Message): Promise<void> {
    try {
      const result = await handler.run(message);
      if (message.channel === 'websocket.receive') await message.reply(result);
    } catch (error) {
      if (isBadFrame(message, error)) return this.#refuseFrame(handler, message, error);
      this.#logFailure(handler, message, error);
      await this.#answerFailure(message, error);
    }
  }

  /** Closes as RFC 6455 §7.4.1 has it for data that is not what was agreed. */
  async #refuseFrame(handler: Handler, message: Message, error: MalformedJson): Promise<void> {
    this.#logger.warn(
      `${handler.label} on ${describe(message)} closed with 1007: ${reasonOf(error)}`,
    );
    await message.close(1007);
  }

  async #answerFailure(message: Message, error: unknown): Promise<void> {
    if (message.channel === 'websocket.connect') {
      // Refuses a pending connection, closes one that the handler had accepted before it failed.
      await message.replyChannel.send({ accept: false, status: statusOf(error), close: 1011 });
    } else if (message.channel === 'websocket.receive' && this.parts.policy.onError === 'close') {
      await message.close(1011);
    }
  }

  async #unrouted(message: Message): Promise<void> {
    switch (message.channel) {
      case 'websocket.connect':
        return this.#unroutedConnect(message);
      case 'websocket.receive':
      case 'websocket.disconnect':
        return;
      default:
        this.#logger.error(`No route matches ${describe(message)}: dropped`);
    }
  }

  async #unroutedConnect(message: Message): Promise<void> {
    const isKnownPath = ['websocket.receive', 'websocket.disconnect'].some((channel) =>
      this.parts.router.covers(channel, 'path', message.content),
    );
    if (isKnownPath || this.parts.policy.unrouted === 'accept') return message.accept();
    this.#logger.warn(`No route matches ${describe(message)}: refused with 404`);
    return message.deny({ status: 404 });
  }

  #logFailure(handler: Handler, message: Message, error: unknown): void {
    const status = statusOf(error);
    const what = `${handler.label} on ${describe(message)}`;
    // Nest has logged the stack of anything but an HTTP exception by now.
    if (status >= 500) this.#logger.error(`${what} failed: ${reasonOf(error)}`);
    else this.#logger.warn(`${what} refused with ${status}: ${reasonOf(error)}`);
  }

  #logLost(
    handler: Handler | undefined,
    message: Message,
    send: PendingSend,
    error: unknown,
  ): void {
    const where = `${handler?.label ?? 'No handler'} on ${describe(message)}`;
    this.#logger.error(`${where} lost a message to ${send.target}: ${reasonOf(error)}`);
  }
}

function isBadFrame(message: Message, error: unknown): error is MalformedJson {
  return error instanceof MalformedJson && message.channel === 'websocket.receive';
}

/** Names the channel and, quoted so that it cannot forge log lines, the path of a message. */
function describe({ channel, content }: Message): string {
  const path = content['path'];
  return typeof path === 'string' ? `${channel} ${quote(path)}` : channel;
}

function statusOf(error: unknown): number {
  const status = error instanceof HttpException ? error.getStatus() : 500;
  return isRefusalStatus(status) ? status : 500;
}
