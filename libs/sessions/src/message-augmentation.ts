import type { ChannelSessionData, ConnectionUser, HttpSessionData } from './session-data.js';

declare module '@nest-channels/core' {
  interface Message {
    /** Is the session of the connection, shared by its messages; undefined without `@ChannelSession()`. */
    channelSession?: ChannelSessionData;
    /** Is the session of the browser; undefined without `@HttpSession()`, and where there is none. */
    httpSession?: HttpSessionData;
    /** Is who uses the connection; null for an anonymous one, undefined if nothing looked. */
    user?: ConnectionUser | null;
  }
}
