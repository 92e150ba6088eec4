import type { IncomingMessage } from 'node:http';
import type { WebSocketConnect } from '@nest-channels/core';
import { InvalidHandshake } from '../errors.js';

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const KEY = /^[+/0-9A-Za-z]{22}==$/;

/** Is what a valid handshake asks for: the connect message without its reply channel. */
export type Handshake = Omit<WebSocketConnect, 'reply_channel'>;

/**
 * Reads a handshake request before the application hears of it (RFC 6455 §4.2.1).
 *
 * @throws InvalidHandshake `CHANNELS_HANDSHAKE_INVALID` with the status for its client
 */
export function readHandshake(request: IncomingMessage): Handshake {
  assertUpgrade(request);
  const [path, query] = splitTarget(request.url ?? '');
  return {
    scheme: 'encrypted' in request.socket ? 'wss' : 'ws',
    path: decodePath(path),
    query_string: Buffer.from(query, 'latin1'),
    root_path: '',
    headers: readHeaders(request.rawHeaders),
    subprotocols: readSubprotocols(request.headers['sec-websocket-protocol']),
    client: address(request.socket.remoteAddress, request.socket.remotePort),
    server: address(request.socket.localAddress, request.socket.localPort),
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

function splitTarget(target: string): [path: string, query: string] {
  if (!target.startsWith('/')) throw new InvalidHandshake(400, 'expected a target that is a path');
  const mark = target.indexOf('?');
  return mark < 0 ? [target, ''] : [target.slice(0, mark), target.slice(mark + 1)];
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new InvalidHandshake(400, 'expected a path in percent-encoded UTF-8');
  }
}

function readHeaders(raw: readonly string[]): WebSocketConnect['headers'] {
  const headers: [Uint8Array, Uint8Array][] = [];
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index].toLowerCase();
    headers.push([Buffer.from(name, 'latin1'), Buffer.from(raw[index + 1], 'latin1')]);
  }
  return headers;
}

function readSubprotocols(header: string | undefined): string[] {
  if (header === undefined) return [];
  const subprotocols = header.replace(/^[ \t]+|[ \t]+$/g, '').split(/[ \t]*,[ \t]*/);
  const isValid = subprotocols.every((subprotocol) => TOKEN.test(subprotocol));
  if (!isValid || new Set(subprotocols).size < subprotocols.length) {
    throw new InvalidHandshake(400, 'expected a list of different subprotocols');
  }
  return subprotocols;
}

function address(host: string | undefined, port: number | undefined): WebSocketConnect['client'] {
  return host === undefined ? null : [host, port ?? 0];
}
