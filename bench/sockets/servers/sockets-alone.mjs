import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { listening } from './listening.mjs';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const TEXT = 0x81;
const LONG = 126;

/** Serves with nothing: says yes, forgets what comes, and writes finished frames. A floor, not a server. */
export async function start() {
  const http = await listening(createServer());
  /** @type {Set<import('node:stream').Duplex>} */
  const sockets = new Set();
  http.on('upgrade', ({ headers }, socket) => {
    const key = createHash('sha1').update(`${headers['sec-websocket-key']}${GUID}`);
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        `Sec-WebSocket-Accept: ${key.digest('base64')}\r\n\r\n`,
    );
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
    socket.resume();
    sockets.add(socket);
  });
  const broadcast = (/** @type {string} */ text) => {
    const frame = frameOf(text);
    for (const socket of sockets) socket.write(frame);
  };
  return { http, broadcast };
}

/** @param {string} text Is of 126 to 65,535 bytes. */
function frameOf(text) {
  const payload = Buffer.from(text);
  const header = Buffer.from([TEXT, LONG, 0, 0]);
  header.writeUInt16BE(payload.length, 2);
  return Buffer.concat([header, payload]);
}
