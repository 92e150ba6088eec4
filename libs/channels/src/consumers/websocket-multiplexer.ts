import {
  type Channel,
  encodeJson,
  type Group,
  type SendOptions,
  type WebSocketReply,
} from '@nest-channels/core';
import type { FrameOptions } from './websocket-consumer.js';

/** Are the parts of a {@link WebsocketMultiplexer}. */
export interface MultiplexerParts {
  readonly stream: string;
  readonly replyChannel: Channel;
  send(reply: WebSocketReply, options?: SendOptions): Promise<void>;
  group(name: string): Group;
}

/**
 * Speaks for one stream of a connection, in envelopes: `{ "stream": name, "payload": payload }`.
 *
 * A subclass given as `multiplexerClass` of a demultiplexer writes them with another `encodeJson`.
 */
export class WebsocketMultiplexer {
  constructor(private readonly parts: MultiplexerParts) {}

  /** Writes the envelope of a payload, for those who send to a stream from elsewhere. */
  static encode(stream: string, payload: unknown): string {
    return this.encodeJson({ stream, payload });
  }

  /** @throws InvalidContent `CHANNELS_CONTENT_INVALID` for a value that JSON cannot express */
  static encodeJson(value: unknown): string {
    return encodeJson(value);
  }

  get stream(): string {
    return this.parts.stream;
  }

  /** Is that of the connection. */
  get replyChannel(): Channel {
    return this.parts.replyChannel;
  }

  /** Sends a payload to the client's side of the stream. */
  send(payload: unknown, options: FrameOptions & SendOptions = {}): Promise<void> {
    const { close, ...sending } = options;
    return this.parts.send(this.#frameOf(payload, { close }), sending);
  }

  /** Sends a payload to this stream of all members of a group. */
  groupSend(name: string, payload: unknown, options: FrameOptions = {}): Promise<void> {
    return this.parts.group(name).send(this.#frameOf(payload, options));
  }

  #frameOf(payload: unknown, { close }: FrameOptions): WebSocketReply {
    const text = (this.constructor as typeof WebsocketMultiplexer).encode(this.stream, payload);
    return close === undefined ? { text } : { text, close };
  }
}
