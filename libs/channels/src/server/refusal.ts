import { STATUS_CODES, validateHeaderName, validateHeaderValue } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Clock } from '@nest-channels/core';

/** Is an HTTP answer to a handshake that does not become a WebSocket. */
export interface Refusal {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Is what the access log is told, and the client is not. */
  readonly reason?: string;
}

/** Refuses a client that may be welcome later. */
export const UNAVAILABLE: Refusal = { status: 503, headers: { 'Retry-After': '5' } };

/** Is how long a client may take to read its refusal. */
export interface Deadline {
  readonly clock: Clock;
  readonly timeoutMs: number;
}

/** Answers a handshake with an HTTP status and ends its socket; what still comes is discarded. */
export function refuse(socket: Duplex, refusal: Refusal, deadline: Deadline): void {
  const response = responseOf(refusal);
  if (socket.destroyed) return;
  const { clock, timeoutMs } = deadline;
  const timer = clock.setTimer(() => socket.destroy(), timeoutMs, { inBackground: true });
  socket.once('close', () => timer.cancel());
  socket.once('finish', () => socket.destroy());
  socket.end(response);
  // Bytes left unread would make the system reset the connection, and the answer be lost with it.
  socket.resume();
}

function responseOf({ status, headers = {}, body }: Refusal): Buffer {
  const reason = STATUS_CODES[status] ?? 'Unknown';
  const payload = Buffer.from(body ?? `${reason}\n`);
  const lines = headerLines({
    ...withDefault(headers, 'Content-Type', 'text/plain; charset=utf-8'),
    'Content-Length': String(payload.length),
    Connection: 'close',
  });
  const head = [`HTTP/1.1 ${status} ${reason}`, ...lines].join('\r\n');
  return Buffer.concat([Buffer.from(`${head}\r\n\r\n`, 'latin1'), payload]);
}

/**
 * Returns headers as lines.
 *
 * @throws TypeError `ERR_INVALID_CHAR` and the like, for what would break out of its line
 */
export function headerLines(headers: Readonly<Record<string, string>>): string[] {
  return Object.entries(headers).map(([name, value]) => {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return `${name}: ${value}`;
  });
}

/** Returns headers with one more, unless it is given, and without those that are the server's. */
function withDefault(
  headers: Readonly<Record<string, string>>,
  name: string,
  value: string,
): Record<string, string> {
  const own = new Set(['content-length', 'connection']);
  const given = Object.entries(headers).filter(([key]) => !own.has(key.toLowerCase()));
  const isGiven = given.some(([key]) => key.toLowerCase() === name.toLowerCase());
  return Object.fromEntries(isGiven ? given : [[name, value], ...given]);
}
