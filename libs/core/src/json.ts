import { MalformedJson } from './errors.js';
import { assertJson, JSON_LIMITS } from './json-scan.js';

// A byte order mark is not part of JSON; left in, it is refused as in a text.
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads JSON that anybody may have written, as text or as bytes of UTF-8.
 *
 * What it returns is what `JSON.parse` returns. More is refused than there: over 128 KiB, nested
 * deeper than 64, an object with more than 1,000 keys, an array of more than 10,000 elements, and
 * the keys `__proto__` and, in an object called `constructor`, `prototype`. All of it is checked
 * before anything is decoded, in time that grows with the size alone.
 *
 * @throws MalformedJson `CHANNELS_JSON_INVALID`, saying where
 */
export function decodeJson(json: string | Uint8Array): unknown {
  assertSize(json);
  const text = typeof json === 'string' ? json : textOf(json);
  assertJson(text);
  return JSON.parse(text) as unknown;
}

function assertSize(json: string | Uint8Array): void {
  // A text has no fewer bytes than characters, so that a long one need not be measured.
  const isText = typeof json === 'string' && json.length <= JSON_LIMITS.bytes;
  const bytes = isText ? Buffer.byteLength(json) : json.length;
  if (bytes > JSON_LIMITS.bytes) {
    throw new MalformedJson(`it is longer than ${JSON_LIMITS.bytes} bytes`);
  }
}

function textOf(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    throw new MalformedJson('its bytes are not UTF-8');
  }
}
