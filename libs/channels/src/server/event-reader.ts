import { assertChannelName, type Content } from '@nest-channels/core';
import { InvalidReply } from '../errors.js';

/** Tells whether what a connection was sent is an event, and no reply: an event has a `type`. */
export function isEvent(content: Content): boolean {
  return typeof content['type'] === 'string';
}

/**
 * Checks the type of an event, which becomes the name of a channel.
 *
 * @throws InvalidName `CHANNELS_NAME_INVALID`
 * @throws InvalidReply `CHANNELS_REPLY_INVALID` for a type that only the server itself may send
 */
export function assertEvent({ type }: Content): void {
  if (typeof type !== 'string') return;
  assertChannelName(type);
  if (type.startsWith('websocket.')) {
    throw new InvalidReply(`an event cannot be of type "${type}"`);
  }
}
