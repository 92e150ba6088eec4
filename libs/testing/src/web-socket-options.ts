/** Is what a client of a test brings along to its handshake. */
export interface WebSocketOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Are sent as one `Cookie` header, percent-encoded where needed. */
  readonly cookies?: Readonly<Record<string, string>>;
  /** Are offered in this order. */
  readonly subprotocols?: readonly string[];
  /** Is the page the client seems to be; none if absent, as with any client but a browser. */
  readonly origin?: string;
  /** Is the address the client seems to have; 127.0.0.1 if absent. */
  readonly clientAddress?: string;
  /** Is how long nothing may happen in real time while it waits; the test's if absent. */
  readonly patienceMs?: number;
}

/** Is what became of a handshake. */
export type Connected =
  | { readonly accepted: true; readonly subprotocol?: string }
  | { readonly accepted: false; readonly status: number; readonly body: string };
