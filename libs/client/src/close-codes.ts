import { CloseInvalid } from './errors.js';

/**
 * Says what a client does when its connection was closed.
 *
 * - `reconnect`: it connects again after a delay that grows with each attempt.
 * - `later`: so too, but at once with the longest delays, since the server is overloaded.
 * - `stop`: it does not: the same would happen again, or the end was meant.
 */
export type AfterClose = 'reconnect' | 'later' | 'stop';

/** Is what follows the close codes of RFC 6455 §7.4.1 and IANA's registry. */
export const CLOSE_CODES: ReadonlyMap<number, AfterClose> = /* @__PURE__ */ new Map([
  [1000, 'stop'],
  [1001, 'reconnect'],
  [1002, 'stop'],
  [1003, 'stop'],
  [1005, 'stop'],
  [1006, 'reconnect'],
  [1007, 'stop'],
  [1008, 'stop'],
  [1009, 'stop'],
  [1010, 'stop'],
  [1011, 'reconnect'],
  [1012, 'reconnect'],
  [1013, 'later'],
  [1014, 'reconnect'],
  [1015, 'reconnect'],
]);

/** Returns what follows a close code; those of applications, from 3000 on, are meant to end. */
export function afterClose(code: number): AfterClose {
  return CLOSE_CODES.get(code) ?? (code < 3000 ? 'reconnect' : 'stop');
}

/**
 * Refuses what a browser lets no page close with (the WebSocket standard, `close()`).
 *
 * @throws CloseInvalid `CHANNELS_CLIENT_CLOSE_INVALID`
 */
export function assertClose(code: number, reason: string): void {
  const isOwn = Number.isInteger(code) && code >= 3000 && code <= 4999;
  if (code !== 1000 && !isOwn) throw new CloseInvalid(`${code} is not 1000 nor from 3000 to 4999`);
  if (new TextEncoder().encode(reason).length > 123) {
    throw new CloseInvalid('the reason has over 123 bytes');
  }
}
