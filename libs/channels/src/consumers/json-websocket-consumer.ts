import { decodeJson, encodeJson, MalformedJson, type Message } from '@nest-channels/core';
import { FRAME, FRAMED, PAYLOAD, SHAPE } from './consumer-context.js';
import { type FrameOptions, WebsocketConsumer } from './websocket-consumer.js';

/**
 * Handles the connections of a path whose frames are JSON.
 *
 * `receive` gets what a frame says, read from text or bytes; `send`, `groupSend` and what `receive`
 * returns are written as JSON. A frame that is none is a `MalformedJson` to filters; unless one
 * answers, it closes the connection with 1007. Override `decodeJson` and `encodeJson` for another
 * codec; `@Json()` on a parameter of `receive` keeps to the one of `decodeJson` of the package.
 */
export abstract class JsonWebsocketConsumer<
  State extends object = Record<string, unknown>,
> extends WebsocketConsumer<State> {
  /**
   * Reads a frame; a `SyntaxError` it throws counts as a `MalformedJson`.
   *
   * @throws MalformedJson `CHANNELS_JSON_INVALID`
   */
  decodeJson(frame: string | Uint8Array): unknown {
    return decodeJson(frame);
  }

  /** @throws InvalidContent `CHANNELS_CONTENT_INVALID` for a value that JSON cannot express */
  encodeJson(value: unknown): string {
    return encodeJson(value);
  }

  /** Sends a value to the client, as JSON. */
  protected override send(content: unknown, options?: FrameOptions): Promise<void> {
    return super.send(this.encodeJson(content), options);
  }

  /** Sends a value to all members of a group, as JSON. */
  protected override groupSend(
    name: string,
    content: unknown,
    options?: FrameOptions,
  ): Promise<void> {
    return super.groupSend(name, this.encodeJson(content), options);
  }

  override [FRAME]({ content }: Message): readonly unknown[] {
    return [decodedBy(this, (content['text'] ?? content['bytes']) as string | Uint8Array)];
  }

  override [PAYLOAD](data: string | Uint8Array): unknown {
    const text = super[PAYLOAD](data) as string;
    try {
      return JSON.parse(text) as unknown;
    } catch {
      return text;
    }
  }

  override [FRAMED](payload: unknown): string {
    return encodeJson(payload);
  }

  override [SHAPE](value: unknown): unknown {
    return value === undefined ? undefined : this.encodeJson(value);
  }
}

function decodedBy(consumer: JsonWebsocketConsumer<object>, frame: string | Uint8Array): unknown {
  try {
    return consumer.decodeJson(frame);
  } catch (error) {
    // Its text quotes what the client sent.
    throw error instanceof SyntaxError ? new MalformedJson('it is not JSON') : error;
  }
}
