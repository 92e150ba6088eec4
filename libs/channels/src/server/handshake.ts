import type { IncomingMessage } from 'node:http';
import type { WebSocketConnect } from '@nest-channels/core';
import { InvalidHandshake } from '../errors.js';
import type { ServerSettings } from '../server-options.js';
import { assertHeaders, readHeaders } from './handshake-headers.js';
import { quote } from '../log-text.js';
import { readSubprotocols } from './subprotocols.js';
import type { Peer } from './trusted-proxies.js';

const KEY = /^[+/0-9A-Za-z]{22}==$/;

/** Is what a valid handshake asks for: the connect message without its reply channel. */
export type Handshake = Omit<WebSocketConnect, 'reply_channel'>;

/** Are the limits of a handshake, and where its paths are mounted. */
export type HandshakeTerms = Pick<ServerSettings, 'maxUrlBytes' | 'maxHeaders' | 'rootPath'>;

/**
 * Reads a handshake request before the application hears of it (RFC 6455 §4.2.1).
 *
 * @throws InvalidHandshake `CHANNELS_HANDSHAKE_INVALID` with the status for its client
 */
export function readHandshake(
  request: IncomingMessage,
  { maxUrlBytes, maxHeaders, rootPath }: HandshakeTerms,
  { client, scheme }: Peer,
): Handshake {
  const { url = '', rawHeaders, headers, socket } = request;
  if (url.length > maxUrlBytes) {
    throw new InvalidHandshake(414, `expected a target of ${maxUrlBytes} bytes at most`);
  }
  assertHeaders(rawHeaders, maxHeaders);
  assertUpgrade(request);
  assertNoBody(request);
  const [path, query] = splitTarget(url);
  return {
    scheme,
    path: decodePath(path),
    query_string: Buffer.from(query, 'latin1'),
    root_path: rootPath,
    headers: readHeaders(rawHeaders),
    subprotocols: readSubprotocols(headers['sec-websocket-protocol']),
    client,
    server: socket.localAddress === undefined ? null : [socket.localAddress, socket.localPort ?? 0],
    order: 0,
  };
}

function assertUpgrade({ method, httpVersion, headers }: IncomingMessage): void {
  if (method !== 'GET') {
    throw new InvalidHandshake(405, `expected GET, got ${method}`, { Allow: 'GET' });
  }
  if (httpVersion !== '1.1')
    throw new InvalidHandshake(400, `expected HTTP/1.1, got ${httpVersion}`);
  if (headers.upgrade?.toLowerCase() !== 'websocket') {
    throw new InvalidHandshake(400, 'expected "Upgrade: websocket"');
  }
  if (headers['sec-websocket-version'] !== '13') {
    throw new InvalidHandshake(426, 'expected "Sec-WebSocket-Version: 13"', {
      'Sec-WebSocket-Version': '13',
    });
  }
  if (!KEY.test(headers['sec-websocket-key'] ?? '')) {
    throw new InvalidHandshake(400, 'expected a Sec-WebSocket-Key of 16 bytes in base64');
  }
}

/** Node takes a body for the first frames of the client. */
function assertNoBody({ headers }: IncomingMessage): void {
  const length = headers['content-length'] ?? '0';
  if (length !== '0' || headers['transfer-encoding'] !== undefined) {
    throw new InvalidHandshake(400, 'expected no body');
  }
}

function splitTarget(target: string): [path: string, query: string] {
  if (!target.startsWith('/')) {
    throw new InvalidHandshake(400, `expected a target that is a path, got ${quote(target)}`);
  }
  const mark = target.indexOf('?');
  return mark < 0 ? [target, ''] : [target.slice(0, mark), target.slice(mark + 1)];
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new InvalidHandshake(400, `expected a path in percent-encoded UTF-8, got ${quote(path)}`);
  }
}
