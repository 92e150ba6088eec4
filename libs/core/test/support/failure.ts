import { expect } from '@jest/globals';
import {
  ChannelFull,
  type ChannelsError,
  type CoreErrorCode,
  InvalidClose,
  InvalidContent,
  InvalidName,
  InvalidPattern,
  LayerUnavailable,
  MalformedJson,
  MalformedMessage,
  MessageTooLarge,
  ReplyMissing,
} from '@nest-channels/core';

type ErrorClass<E extends ChannelsError> = new (...args: never[]) => E;

const CODES = new Map<ErrorClass<ChannelsError>, CoreErrorCode>([
  [ChannelFull, 'CHANNELS_CHANNEL_FULL'],
  [InvalidClose, 'CHANNELS_CLOSE_INVALID'],
  [InvalidContent, 'CHANNELS_CONTENT_INVALID'],
  [InvalidName, 'CHANNELS_NAME_INVALID'],
  [InvalidPattern, 'CHANNELS_PATTERN_INVALID'],
  [LayerUnavailable, 'CHANNELS_LAYER_UNAVAILABLE'],
  [MalformedJson, 'CHANNELS_JSON_INVALID'],
  [MalformedMessage, 'CHANNELS_MESSAGE_MALFORMED'],
  [MessageTooLarge, 'CHANNELS_MESSAGE_TOO_LARGE'],
  [ReplyMissing, 'CHANNELS_REPLY_MISSING'],
]);

/** Runs what has to throw at once, and returns its error: of this class, with the code of that. */
export function expectThrown<E extends ChannelsError>(
  type: ErrorClass<E>,
  action: () => unknown,
): E {
  let error: unknown;
  try {
    action();
  } catch (caught) {
    error = caught;
  }
  return expectError(type, error);
}

/** Awaits what has to reject, and returns its error: of this class, with the code of that. */
export async function expectRejected<E extends ChannelsError>(
  type: ErrorClass<E>,
  promise: Promise<unknown>,
): Promise<E> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return expectError(type, error);
}

/** Returns an error that has to be of this class, with the code of that. */
export function expectError<E extends ChannelsError>(type: ErrorClass<E>, error: unknown): E {
  expect(error).toBeInstanceOf(type);
  expect(error).toHaveProperty('code', CODES.get(type));
  return error as E;
}
