import type { Content } from './content.js';

/** Is a header as it travels: lower-case name and value, both bytes, duplicates kept. */
export type Header = readonly [name: Uint8Array, value: Uint8Array];

/** Is a host and port, or a path and 0 for a Unix socket. */
export type Address = readonly [host: string, port: number];

/** Is the content of `websocket.connect`: a client asks for a connection. */
export interface WebSocketConnect {
  readonly reply_channel: string;
  readonly scheme: 'ws' | 'wss';
  /** Percent-decoded. */
  readonly path: string;
  /** Undecoded, without the `?`. */
  readonly query_string: Uint8Array;
  readonly root_path: string;
  readonly headers: readonly Header[];
  /** Subprotocols the client offered, in its order of preference. */
  readonly subprotocols: readonly string[];
  readonly client: Address | null;
  readonly server: Address | null;
  readonly order: 0;
}

/** Is the content of `websocket.receive`: one frame, as `text` or as `bytes`. */
export interface WebSocketReceive {
  readonly reply_channel: string;
  readonly path: string;
  readonly text?: string;
  readonly bytes?: Uint8Array;
  /** Counts the frames of the connection from 1. */
  readonly order: number;
  /** Asks the worker to reply `settled` when this frame has been handled. */
  readonly settle?: true;
}

/** Is the content of `websocket.disconnect`: the connection is over, whoever ended it. */
export interface WebSocketDisconnect {
  readonly reply_channel: string;
  readonly path: string;
  /** Close code of RFC 6455; 1005 without one, 1006 for a lost connection. */
  readonly code: number;
  /** One more than that of the last frame. */
  readonly order: number;
  /** Asks the worker to reply `settled` when this end, and all before it, has been handled. */
  readonly settle?: true;
}

/**
 * Is what a connection's reply channel takes.
 *
 * While the connection is pending, `accept` and `close` decide it and data accepts it implicitly;
 * afterwards data is sent first, then `close` ends it. At most one of `text` and `bytes` is given.
 */
export interface WebSocketReply {
  readonly accept?: boolean;
  /** With `accept`: one of the subprotocols that the client offered. */
  readonly subprotocol?: string | null;
  /** With `accept`, whatever its value: extra headers of the handshake response. */
  readonly headers?: Readonly<Record<string, string>>;
  /** With `accept: false`: HTTP status of the refusal, 403 if absent. */
  readonly status?: number;
  /** With `accept: false`: body of the refusal. */
  readonly body?: string;
  readonly text?: string | null;
  readonly bytes?: Uint8Array | null;
  /** `true` closes with 1000, a number with that code. */
  readonly close?: boolean | number;
  readonly reason?: string;
  /** Is the worker's: the frames of this connection are to be handled in strict order. */
  readonly ordered?: true;
  /** Is the worker's: the frames up to this `order` have been handled, 0 being the connect. */
  readonly settled?: number;
}

/**
 * Maps names of channels and groups to the content they carry.
 *
 * An application declares its own by merging; template literals name families:
 * ```ts
 * declare module '@nest-channels/core' {
 *   interface ChannelContents {
 *     'thumbnails.make': { path: string; width: number };
 *     [room: `chat-${string}`]: { text: string };
 *   }
 * }
 * ```
 */
export interface ChannelContents {
  'websocket.connect': WebSocketConnect;
  'websocket.receive': WebSocketReceive;
  'websocket.disconnect': WebSocketDisconnect;
}

/** Is the content received from a channel of this name. */
export type ContentOf<Name extends string> = Name extends keyof ChannelContents
  ? ChannelContents[Name]
  : Content;

/** Is the content that may be sent to a channel or group of this name. */
export type SendableTo<Name extends string> = Name extends keyof ChannelContents
  ? ChannelContents[Name]
  : object;
