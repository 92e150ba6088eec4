/** Are the messages of one stream, as the client sees them. */
export interface StreamContract {
  readonly incoming: unknown;
  readonly outgoing: unknown;
}

/**
 * Are the messages of a connection and of its streams; give yours to type a bridge.
 *
 * `WebSocketBridge<{ incoming: Said; outgoing: Say; streams: { jobs: { … } } }>`
 */
export interface BridgeContract extends StreamContract {
  readonly streams: Readonly<Record<string, StreamContract>>;
}

/** Are the names of the streams of a contract. */
export type StreamName<C extends BridgeContract> = keyof C['streams'] & string;
