import { once } from 'node:events';
import { connect } from 'node:net';

/** @import { Socket } from 'node:net' */
/** @import { Dialect } from './dialects.mjs' */

const FINAL_TEXT = 0x81;
const MASKED = 0x80;
const SHORT = 125;
const MASK = Buffer.from([0x5a, 0x17, 0xc3, 0xe9]);

/**
 * Writes the request for a WebSocket (RFC 6455 §4.1).
 *
 * @param {number} port
 * @param {Dialect} dialect
 */
export function upgradeRequest(port, dialect) {
  return (
    `GET ${dialect.path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\n` +
    'Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n' +
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n'
  );
}

/**
 * Connects and asks for a WebSocket, which has not been granted yet.
 *
 * @param {number} port
 * @param {Dialect} dialect
 */
export async function knock(port, dialect) {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => socket.destroy());
  await once(socket, 'connect');
  socket.write(upgradeRequest(port, dialect));
  return socket;
}

/**
 * Opens a WebSocket whose frames its owner reads, or does not, byte by byte.
 *
 * @param {number} port
 * @param {Dialect} dialect
 */
export async function openRaw(port, dialect) {
  const socket = await knock(port, dialect);
  await until(socket, '\r\n\r\n');
  for (const text of dialect.hello) socket.write(maskedFrame(text));
  if (dialect.isWelcomed) await until(socket, '40{');
  return socket;
}

/**
 * Encodes a text of at most 125 bytes as a client's frame (RFC 6455 §5.2).
 *
 * @param {string} text
 */
export function maskedFrame(text) {
  const payload = Buffer.from(text);
  if (payload.length > SHORT) throw new RangeError('This text is too long for a short frame.');
  const masked = payload.map((byte, index) => byte ^ MASK[index % MASK.length]);
  return Buffer.concat([Buffer.from([FINAL_TEXT, MASKED | payload.length]), MASK, masked]);
}

/**
 * @param {Socket} socket
 * @param {string} end
 */
async function until(socket, end) {
  let read = '';
  while (!read.includes(end)) {
    const [chunk] = await once(socket, 'data');
    read += chunk.toString('latin1');
  }
}
