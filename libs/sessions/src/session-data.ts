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
