import { InvalidHandshake } from '../errors.js';

/** Is a token (RFC 9110 §5.6.2) between spaces; it is matched in linear time. */
const ENTRY = /^[ \t]*([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*$/;
const MAX_SUBPROTOCOLS = 100;

/**
 * Reads what `Sec-WebSocket-Protocol` offers, in the order of the client (RFC 6455 §4.1).
 *
 * @throws InvalidHandshake 400 for a list that is malformed, repeats itself or has over 100 entries
 */
export function readSubprotocols(header: string | undefined): string[] {
  if (header === undefined) return [];
  const entries = header.split(',', MAX_SUBPROTOCOLS + 1);
  if (entries.length > MAX_SUBPROTOCOLS) {
    throw new InvalidHandshake(400, `expected ${MAX_SUBPROTOCOLS} subprotocols at most`);
  }
  const subprotocols = new Set(entries.map((entry) => ENTRY.exec(entry)?.[1] ?? ''));
  if (subprotocols.has('') || subprotocols.size < entries.length) {
    throw new InvalidHandshake(400, 'expected a list of different subprotocols');
  }
  return [...subprotocols];
}
