import type { Message } from '@nest-channels/core';
import { quote } from './log-text.js';

/** Names the channel and, quoted so that it cannot forge log lines, the path of a message. */
export function placeOf({ channel, content }: Message): string {
  const path = content['path'];
  return typeof path === 'string' ? `${channel} ${quote(path)}` : channel;
}
