import type { Message, WebSocketConnect } from '@nest-channels/core';
import { asNodeHeaders } from './message-headers.js';

/** Is what passport and its strategies read of a request, and where they leave the user. */
export interface HandshakeRequest {
  readonly method: 'GET';
  readonly url: string;
  readonly originalUrl: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly ip: string | undefined;
  readonly secure: boolean;
  /** Is the HTTP session, where one was opened. */
  readonly session: unknown;
  /** Is `message.user`; setting it says who uses the connection. */
  user: unknown;
}

/**
 * Shows a message as the HTTP request that its connection began with.
 *
 * For what expects a request of Express, such as a strategy of passport:
 * ```ts
 * class SocketJwtGuard extends AuthGuard('jwt') {
 *   override getRequest(context: ExecutionContext) {
 *     return handshakeRequest(ChannelsExecutionContext.create(context).getMessage());
 *   }
 *   getResponse = () => ({});
 * }
 * ```
 * Only `websocket.connect` carries headers and query; for other messages both are empty.
 */
export function handshakeRequest(message: Message): HandshakeRequest {
  const { headers = [], query_string, path = '/', scheme, client } = contentOf(message);
  const query = Buffer.from(query_string ?? []).toString('latin1');
  const url = encodeURI(path) + (query && `?${query}`);
  return {
    method: 'GET',
    url,
    originalUrl: url,
    path,
    headers: asNodeHeaders(headers),
    query: Object.fromEntries(new URLSearchParams(query)),
    ip: client?.[0],
    secure: scheme === 'wss',
    session: message.httpSession,
    get user() {
      return message.user ?? undefined;
    },
    set user(user) {
      message.user = user ?? null;
    },
  };
}

function contentOf({ content }: Message): Partial<WebSocketConnect> {
  return content;
}
