import type { WebSocket } from 'ws';

// oxlint-disable no-underscore-dangle -- the names are those of ws

/** Is what ws knows of the message it is reading; it has no public name for it. */
interface ReceiverState {
  /** Is the step within a frame; 0 before its first byte. */
  readonly _state: number;
  /** Is the opcode of a message whose last fragment has not come; else 0. */
  readonly _fragmented: number;
  readonly _bufferedBytes: number;
}

/** Tells whether a client has begun a message and not ended it. */
export function isUnfinished(webSocket: WebSocket): boolean {
  const { _receiver: receiver } = webSocket as unknown as { readonly _receiver?: ReceiverState };
  if (!receiver) return false;
  return receiver._fragmented !== 0 || receiver._state !== 0 || receiver._bufferedBytes > 0;
}
