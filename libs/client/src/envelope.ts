import { FrameInvalid, MessageInvalid, MessageTooLarge, ServerError } from './errors.js';

/** Turns messages into the text of frames, and back. */
export interface ClientCodec {
  encode(message: unknown): string;
  decode(text: string): unknown;
}

/** Is plain JSON. */
export const jsonCodec: ClientCodec = {
  encode: (message) => JSON.stringify(message),
  decode: (text) => JSON.parse(text) as unknown,
};

/** Is what a frame of the server brought: a message of a stream, or of none. */
export interface Delivery {
  /** Is `null` for a message that belongs to no stream. */
  readonly stream: string | null;
  readonly message: unknown;
}

/**
 * Writes a message, in the envelope of its stream if it has one.
 *
 * @throws MessageInvalid `CHANNELS_CLIENT_MESSAGE_INVALID`
 */
export function writeFrame({ stream, message }: Delivery, codec: ClientCodec): string {
  let text: unknown;
  try {
    text = codec.encode(stream === null ? message : { stream, payload: message });
  } catch (error) {
    throw new MessageInvalid(error);
  }
  if (typeof text !== 'string') throw new MessageInvalid();
  return text;
}

/**
 * Refuses a text that is longer than the server takes, in bytes of UTF-8.
 *
 * @throws MessageTooLarge `CHANNELS_CLIENT_MESSAGE_TOO_LARGE`
 */
export function assertSize(text: string, limit: number): void {
  // A character takes at most three bytes: most texts need not be measured.
  if (text.length * 3 <= limit) return;
  const bytes = new TextEncoder().encode(text).length;
  if (bytes > limit) throw new MessageTooLarge(bytes, limit);
}

/**
 * Reads a frame of the server.
 *
 * One with a `stream` is the message of that stream; one that holds nothing but `error`, and
 * perhaps a `stream`, tells of something that went wrong.
 *
 * @throws FrameInvalid `CHANNELS_CLIENT_FRAME_INVALID`
 * @throws ServerError `CHANNELS_CLIENT_SERVER_ERROR`
 */
export function readFrame(data: unknown, codec: ClientCodec): Delivery {
  const message = decoded(data, codec);
  if (typeof message !== 'object' || message === null) return { stream: null, message };
  const { stream, payload, error, ...rest } = message as Record<string, unknown>;
  const name = stream ?? undefined;
  if (name !== undefined && typeof name !== 'string') {
    throw new FrameInvalid('its stream is no text');
  }
  if (error !== undefined && payload === undefined && Object.keys(rest).length === 0) {
    throw new ServerError(error, name);
  }
  return name === undefined ? { stream: null, message } : { stream: name, message: payload };
}

function decoded(data: unknown, codec: ClientCodec): unknown {
  if (typeof data !== 'string') throw new FrameInvalid('it is binary');
  try {
    return codec.decode(data);
  } catch (cause) {
    // Its text quotes the frame.
    if (cause instanceof SyntaxError) throw new FrameInvalid('it is not JSON');
    throw new FrameInvalid('its codec failed', { cause });
  }
}
