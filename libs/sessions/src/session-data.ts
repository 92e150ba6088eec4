/** Is the record of a session, as express-session keeps it: its cookie, and what it holds. */
export interface SessionRecord {
  cookie?: unknown;
  [key: string]: unknown;
}

/**
 * Is what the session of a channel holds; anything that JSON can express.
 *
 * Declare your own keys by merging:
 * ```ts
 * declare module '@nest-channels/sessions' {
 *   interface ChannelSessionData {
 *     room?: string;
 *   }
 * }
 * ```
 */
export interface ChannelSessionData {
  [key: string]: unknown;
}

/** Is what the HTTP session holds; its keys are those the application gave it. */
export interface HttpSessionData {
  [key: string]: unknown;
}

/** Is who uses a connection, as passport's `deserializeUser` gave it; merge your own keys into it. */
// oxlint-disable-next-line no-empty-interface
export interface ConnectionUser {}

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
