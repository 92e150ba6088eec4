import type { ContentOf, WebSocketReply } from './channel-contents.js';
import type { Channel } from './channel.js';
import { assertClose } from './close-code.js';
import { InvalidContent, ReplyMissing } from './errors.js';
import { isRefusalStatus, replyFor } from './reply.js';

/** Is what a route's patterns captured; an optional part that did not take part is undefined. */
export type Captures = Readonly<Record<string, string | undefined>>;

/** Is what a message is made of. */
export interface MessageParts<Name extends string> {
  readonly channel: Name;
  readonly content: ContentOf<Name>;
  readonly params?: Captures;
  readonly replyChannel?: Channel;
}

/**
 * Is one message, as its handler gets it.
 *
 * `Message<'websocket.receive'>` knows the keys of its content.
 */
export class Message<Name extends string = string> {
  /** Is the channel it came from. */
  readonly channel: Name;
  /** Is this delivery's own copy. */
  readonly content: ContentOf<Name>;
  readonly params: Captures;
  readonly #replyChannel: Channel | undefined;

  constructor(parts: MessageParts<Name>) {
    this.channel = parts.channel;
    this.content = parts.content;
    this.params = parts.params ?? {};
    this.#replyChannel = parts.replyChannel;
  }

  /**
   * Returns a message with another content and reply channel, for a part of the application.
   *
   * What others have attached to this one, a session for instance, is attached to it too.
   */
  derive(content: ContentOf<Name>, replyChannel: Channel): Message<Name> {
    const { channel, content: _own, params, ...attached } = this;
    const derived = new Message({ channel, content, params, replyChannel });
    return Object.assign(derived, attached);
  }

  get hasReplyChannel(): boolean {
    return this.#replyChannel !== undefined;
  }

  /**
   * Is the channel that leads back to the connection the message came from.
   *
   * @throws ReplyMissing `CHANNELS_REPLY_MISSING` for messages that came without one
   */
  get replyChannel(): Channel {
    if (!this.#replyChannel) throw new ReplyMissing(this.channel);
    return this.#replyChannel;
  }

  /** Accepts a pending connection; ignored by an open one. */
  accept(options: Pick<WebSocketReply, 'subprotocol' | 'headers'> = {}): Promise<void> {
    return this.#answer({ accept: true, ...given(options) });
  }

  /**
   * Refuses a pending connection with an HTTP status; ignored by an open one.
   *
   * @param options `status` is from 300 to 599, 403 if absent
   * @throws InvalidContent `CHANNELS_CONTENT_INVALID` for another status
   */
  deny(options: Pick<WebSocketReply, 'status' | 'headers' | 'body'> = {}): Promise<void> {
    const { status = 403 } = options;
    if (!isRefusalStatus(status)) {
      throw new InvalidContent('the refusal', `status ${String(status)} is not from 300 to 599`);
    }
    return this.#answer({ accept: false, ...given(options) });
  }

  /**
   * Sends a value to the client: text as a text frame, bytes as a binary one, all else as JSON.
   *
   * `undefined` sends nothing. A pending connection is accepted by it, unless it is empty.
   *
   * @throws InvalidContent `CHANNELS_CONTENT_INVALID` for a value that JSON cannot express
   */
  reply(value: unknown): Promise<void> {
    return value === undefined ? Promise.resolve() : this.#answer(replyFor(value));
  }

  /**
   * Closes the connection; a pending one is refused with 403.
   *
   * @param code 1000 if absent
   * @throws InvalidClose `CHANNELS_CLOSE_INVALID`
   */
  close(code = 1000, reason = ''): Promise<void> {
    assertClose(code, reason);
    return this.#answer({ close: code, reason });
  }

  #answer(reply: WebSocketReply): Promise<void> {
    return this.replyChannel.send(reply);
  }
}

/** An option that was given as undefined is one that was left out. */
function given(options: object): object {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
