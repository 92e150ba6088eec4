import type { WebSocketConnect } from '@nest-channels/core';
import { InvalidHandshake } from '../errors.js';

/**
 * Matches bytes that some reader takes for the end of a line or of a text.
 *
 * Controls but the tab, delete, and NEL (0x85), which HTTP allows and Unicode calls a line break.
 */
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\x00-\x08\x0a-\x1f\x7f\x85]/;

/**
 * Asserts that headers say one thing only, whoever reads them.
 *
 * @param raw names and values in turns, as in `IncomingMessage.rawHeaders`
 * @throws InvalidHandshake 431 for too many, 400 for a control character or other than one `Host`
 */
export function assertHeaders(raw: readonly string[], maxHeaders: number): void {
  if (raw.length / 2 > maxHeaders) {
    throw new InvalidHandshake(431, `expected ${maxHeaders} headers at most`);
  }
  let hosts = 0;
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index].toLowerCase();
    if (name === 'host') hosts++;
    if (CONTROL.test(raw[index + 1])) {
      throw new InvalidHandshake(400, `expected no control character in the header ${name}`);
    }
  }
  if (hosts !== 1) throw new InvalidHandshake(400, `expected one Host, got ${hosts}`);
}

/**
 * Returns headers as bytes, in their order, with names in lower case.
 *
 * Names with `_` are left out: what reads them from CGI-like variables would take `X_Real_IP` for
 * the `X-Real-IP` that a proxy has checked.
 */
export function readHeaders(raw: readonly string[]): WebSocketConnect['headers'] {
  const headers: [Uint8Array, Uint8Array][] = [];
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index].toLowerCase();
    if (name.includes('_')) continue;
    headers.push([Buffer.from(name, 'latin1'), Buffer.from(raw[index + 1], 'latin1')]);
  }
  return headers;
}
