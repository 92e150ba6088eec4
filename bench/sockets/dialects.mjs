/**
 * Says how a text travels in WebSocket frames to a server and back.
 *
 * @typedef {object} Dialect
 * @property {string} path
 * @property {readonly string[]} hello Is what a client sends once it is connected.
 * @property {(data: Buffer) => boolean} isWelcome Tells the frame after which a client may speak.
 * @property {boolean} isWelcomed Says whether there is such a frame.
 * @property {(text: string) => string} frameOf
 * @property {(data: Buffer, start?: number) => boolean} isMessage Tells a text from what else there is.
 */

/** @type {Dialect} */
export const plainText = {
  path: '/',
  hello: [],
  isWelcomed: false,
  isWelcome: () => false,
  frameOf: (text) => text,
  isMessage: () => true,
};

/**
 * Is what Nest's `WsAdapter` reads and writes.
 *
 * @type {Dialect}
 */
export const nestEvents = {
  ...plainText,
  frameOf: (text) => JSON.stringify({ event: 'echo', data: text }),
};

/**
 * Is Socket.IO 5 over Engine.IO 4 without polling, as far as a text event needs it.
 *
 * @type {Dialect}
 */
export const engineIo = {
  path: '/socket.io/?EIO=4&transport=websocket',
  hello: ['40'],
  isWelcomed: true,
  isWelcome: (data) => startsWith(data, '40'),
  frameOf: (text) => `42${JSON.stringify(['echo', text])}`,
  isMessage: (data, start = 0) => startsWith(data, '42', start),
};

/**
 * @param {Buffer} data
 * @param {string} prefix
 * @param {number} [start]
 */
function startsWith(data, prefix, start = 0) {
  return data[start] === prefix.charCodeAt(0) && data[start + 1] === prefix.charCodeAt(1);
}
