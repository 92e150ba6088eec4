import type { ChannelLayer } from './channel-layer.js';
import { Codec } from './codec.js';
import { type Content, measuredSnapshot } from './content.js';
import { MessageTooLarge } from './errors.js';

/**
 * Copies and checks what is to be sent, so that a layer gets clean input.
 *
 * @throws InvalidContent `CHANNELS_CONTENT_INVALID`
 * @throws MessageTooLarge `CHANNELS_MESSAGE_TOO_LARGE`
 */
export function outgoing(
  content: unknown,
  { maxMessageBytes }: Pick<ChannelLayer, 'maxMessageBytes'>,
): Content {
  const copy = measuredSnapshot(content);
  // Almost every message is far below the limit; only for the others the exact size is worth it.
  if (copy.sizeBound > maxMessageBytes) assertSize(copy.content, maxMessageBytes);
  return copy.content;
}

function assertSize(content: Content, maxMessageBytes: number): void {
  const { length } = new Codec().encode(content);
  if (length > maxMessageBytes) throw new MessageTooLarge(length, maxMessageBytes);
}
