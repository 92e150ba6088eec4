import { types } from 'node:util';
import type { WebSocketReply } from './channel-contents.js';
import { InvalidContent, reasonOf } from './errors.js';

/**
 * Returns the frame that carries a value: text as text, bytes as binary, all else as JSON text.
 *
 * @throws InvalidContent `CHANNELS_CONTENT_INVALID` for a value that JSON cannot express
 */
export function replyFor(value: unknown): WebSocketReply {
  if (typeof value === 'string') return { text: value };
  if (types.isUint8Array(value)) return { bytes: value };
  return { text: encodeJson(value) };
}

/** Tells whether an HTTP status can refuse a handshake: one that redirects or reports an error. */
export function isRefusalStatus(status: unknown): status is number {
  return Number.isInteger(status) && (status as number) >= 300 && (status as number) < 600;
}

/**
 * Writes a value as JSON.
 *
 * @throws InvalidContent `CHANNELS_CONTENT_INVALID` for a value that JSON cannot express
 */
export function encodeJson(value: unknown): string {
  const json = stringify(value);
  if (json === undefined) {
    throw new InvalidContent('the reply', `a ${typeof value} cannot be expressed as JSON`);
  }
  return json;
}

function stringify(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch (error) {
    throw new InvalidContent('the reply', reasonOf(error));
  }
}
