import { createHash } from 'node:crypto';

/** Stands before the ids of channel sessions, so that they never meet those of HTTP sessions. */
const PREFIX = 'channel:';

/** Returns the id under which the session of a connection is stored. */
export function channelSessionId(replyChannel: string): string {
  return PREFIX + createHash('sha256').update(replyChannel).digest('base64url');
}

/** Tells the session of a connection from that of a browser. */
export function isChannelSessionId(id: string): boolean {
  return id.startsWith(PREFIX);
}
