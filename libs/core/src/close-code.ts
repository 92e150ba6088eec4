import { InvalidClose } from './errors.js';

const REASON_BYTES_LIMIT = 123;

/**
 * Throws unless a close frame can carry this code and reason.
 *
 * Codes are 1000–1014 without 1004–1006, and 3000–4999; a reason has at most 123 bytes of UTF-8
 * (RFC 6455 §5.5, §7.4).
 *
 * @throws InvalidClose `CHANNELS_CLOSE_INVALID`
 */
export function assertClose(code: number, reason = ''): void {
  if (!isSendableCode(code)) {
    throw new InvalidClose(`code ${code} is not one of 1000-1003, 1007-1014 or 3000-4999`);
  }
  const bytes = Buffer.byteLength(reason);
  if (bytes > REASON_BYTES_LIMIT) {
    throw new InvalidClose(`the reason has ${bytes} bytes, at most ${REASON_BYTES_LIMIT} fit`);
  }
}

function isSendableCode(code: number): boolean {
  if (!Number.isInteger(code)) return false;
  if (code >= 3000) return code <= 4999;
  return code >= 1000 && code <= 1014 && (code < 1004 || code > 1006);
}
