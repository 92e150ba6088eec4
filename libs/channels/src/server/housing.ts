import type { Content } from '@nest-channels/core';
import type { Handshake } from './handshake.js';

/** Says what a consumer wants of its connection; the content is a reply. */
export type Speak = (replyChannel: string, reply: Content) => void;

/**
 * Is who houses the consumers that live in the server's process with their connections.
 *
 * The server asks it about each handshake; messages of a housed connection never see the layer.
 */
export interface Housing {
  /** Opens the line to the consumers when the server starts; undefined if there will be none. */
  open(speak: Speak): HousingLine | undefined;
}

/** Is how an interface server speaks with the consumers that live in its process. */
export interface HousingLine {
  /** Tells whether a consumer lives with the connections of such a handshake. */
  houses(handshake: Handshake): boolean;
  /**
   * Hands over what would otherwise be sent to `websocket.connect`, `.receive` or `.disconnect`.
   *
   * The promise of a disconnect resolves when the consumer has handled it; none rejects.
   */
  send(channel: string, content: Content): Promise<void>;
  /** Hands over an event from the layer; false for a connection that is not housed. */
  tell(replyChannel: string, event: Content): boolean;
  /** Says that the consumer itself refused a connection: no disconnect follows. */
  refused(replyChannel: string): void;
  /** Resolves when nobody is housed any more. */
  idle(): Promise<void>;
  /** Ends the line, when all connections have ended. */
  close(): void;
}
