/**
 * Is where a bridge stands.
 *
 * `idle` until `connect()`; then `connecting` → `open`, and after a connection was lost `waiting`
 * for the next attempt; `closed` when it is over, by `close()` or by a code that says so.
 */
export type BridgeStatus =
  | { readonly state: 'idle' }
  | { readonly state: 'connecting'; readonly attempt: number }
  | { readonly state: 'open' }
  | {
      readonly state: 'waiting';
      /** Counts the attempts since the last connection that held, from 1. */
      readonly attempt: number;
      readonly delayMs: number;
      /** Is the code that ended the connection; 1006 where there was none. */
      readonly code: number;
    }
  | {
      readonly state: 'closed';
      readonly code: number;
      readonly reason: string;
      /** Says who ended it: `close()` here, or a code of the server. */
      readonly by: 'client' | 'server';
    };
