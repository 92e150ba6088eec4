/** Returns the key of a frame of which only the latest counts; undefined for any other frame. */
export type FrameKey = (data: string | Uint8Array) => string | undefined;

/** Is the policy that keeps only the latest of the waiting frames with the same key. */
export interface Coalesce {
  readonly keyOf: FrameKey;
}

/**
 * Says what becomes of frames for a client that does not read fast enough.
 *
 * - `close`: the connection is closed with 1013 when more waits than `maxOutboundBytes`.
 * - `drop`: frames that do not fit are dropped and counted; the connection stays open.
 * - {@link coalesce}: of waiting frames with the same key only the latest is kept; what still does
 *   not fit closes the connection.
 */
export type OutboundPolicy = 'close' | 'drop' | Coalesce;

/**
 * Keeps only the latest waiting frame of each key: right for states such as prices and positions.
 *
 * ```ts
 * outboundPolicy: coalesce((data) => (typeof data === 'string' ? data.split(' ')[0] : undefined))
 * ```
 */
export function coalesce(keyOf: FrameKey): Coalesce {
  return { keyOf };
}
