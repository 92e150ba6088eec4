import { WebSocket } from 'ws';

/** @import { Dialect } from './dialects.mjs' */

const AT_ONCE = 50;
const OPTIONS = {
  perMessageDeflate: false,
  skipUTF8Validation: true,
  /** @param {Buffer} mask */
  generateMask: (mask) => void mask.writeUInt32BE(0x5a17c3e9),
};

/** Is a client that costs the load generator little. */
export class Client {
  /** @type {(data: Buffer) => void} */
  onMessage = () => undefined;
  #socket;

  /**
   * @param {number} port
   * @param {Dialect} dialect
   */
  constructor(port, dialect) {
    this.#socket = new WebSocket(`ws://127.0.0.1:${port}${dialect.path}`, OPTIONS);
    this.opened = new Promise((resolve, reject) => {
      this.#socket.on('error', reject);
      this.#socket.on('message', (data) => {
        if (dialect.isWelcome(data)) resolve(this);
        else if (dialect.isMessage(data)) this.onMessage(data);
      });
      this.#socket.on('open', () => {
        for (const text of dialect.hello) this.#socket.send(text);
        if (!dialect.isWelcomed) resolve(this);
      });
    });
  }

  /** @param {string} frame */
  send(frame) {
    this.#socket.send(frame);
  }

  close() {
    this.#socket.terminate();
  }
}

/**
 * Connects clients, some at a time.
 *
 * @param {number} count
 * @param {number} port
 * @param {Dialect} dialect
 */
export async function connectAll(count, port, dialect) {
  /** @type {Client[]} */
  const clients = [];
  while (clients.length < count) {
    const batch = Array.from(
      { length: Math.min(AT_ONCE, count - clients.length) },
      () => new Client(port, dialect),
    );
    await Promise.all(batch.map(({ opened }) => opened));
    clients.push(...batch);
  }
  return clients;
}
