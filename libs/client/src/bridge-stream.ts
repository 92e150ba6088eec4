import type { MessageFeed } from './message-feed.js';
import type { Unsubscribe } from './listeners.js';

/**
 * Tells what became of a message: written to the socket, kept for a connection, or dropped.
 *
 * None of them says that the server got it.
 */
export type SendOutcome = 'sent' | 'queued' | 'dropped';

/** Are the options of a feed of messages. */
export interface FeedOptions {
  /** Ends the feed. */
  readonly signal?: AbortSignal;
  /** Is how many messages may wait for a reader; 1,000 if absent, then it fails with `FeedFull`. */
  readonly limit?: number;
}

/** Is one stream of a bridge: messages in the envelope `{ stream, payload }`. */
export interface BridgeStream<Incoming = unknown, Outgoing = unknown> {
  readonly name: string;
  /** Sends a payload on this stream; see `WebSocketBridge.send()`. */
  send(payload: Outgoing): SendOutcome;
  /** Calls back with each payload that comes from now on, beside the handler of the stream. */
  observe(observer: (payload: Incoming) => void): Unsubscribe;
  /** Iterates over the payloads that come from now on. */
  messages(options?: FeedOptions): MessageFeed<Incoming>;
  /** Resolves with the next payload that comes. */
  next(options?: FeedOptions): Promise<Incoming>;
}
