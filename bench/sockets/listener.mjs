import { connect } from 'node:net';
import { maskedFrame, upgradeRequest } from './raw-socket.mjs';

/** @import { Dialect } from './dialects.mjs' */

const AT_ONCE = 50;
const LONG = 126;

/** Is read into by all listeners of a process: what it holds is looked at at once. */
const buffer = Buffer.allocUnsafe(64 * 1024);

/**
 * Is a client that only listens, and does next to nothing for it.
 *
 * Thousands of full WebSocket clients take longer to read a broadcast than any server to write it;
 * then all servers look alike. States: connecting → opening → listening.
 */
export class Listener {
  /** Is called for each message. */
  onMessage = () => {};
  /** @type {'connecting' | 'opening' | 'listening'} */
  #state = 'connecting';
  #dialect;
  #socket;
  /** @type {(listener: this) => void} */
  #open = () => {};
  #read = '';

  /**
   * @param {number} port
   * @param {Dialect} dialect
   */
  constructor(port, dialect) {
    this.#dialect = dialect;
    this.opened = new Promise((resolve, reject) => {
      this.#open = resolve;
      const onread = { buffer, callback: (/** @type {number} */ count) => this.#take(count) };
      this.#socket = connect({ port, host: '127.0.0.1', onread });
      this.#socket.on('error', reject);
      this.#socket.write(upgradeRequest(port, dialect));
    });
  }

  /** Leaves what comes in the kernel, where it costs nobody anything, until it resumes. */
  pause() {
    this.#socket?.pause();
  }

  resume() {
    this.#socket?.resume();
  }

  /** @param {number} count */
  #take(count) {
    if (this.#state === 'listening') this.#listen();
    else this.#begin(buffer.toString('latin1', 0, count));
    return true;
  }

  /** Takes what was read as one frame: a server sends the next one when all have this one. */
  #listen() {
    const start = (buffer[1] & 0x7f) === LONG ? 4 : 2;
    if (this.#dialect.isMessage(buffer, start)) this.onMessage();
  }

  /** @param {string} text */
  #begin(text) {
    this.#read += text;
    if (this.#state === 'connecting' && this.#read.includes('\r\n\r\n')) {
      this.#state = 'opening';
      for (const hello of this.#dialect.hello) this.#socket?.write(maskedFrame(hello));
    }
    if (this.#state !== 'opening') return;
    if (this.#dialect.isWelcomed && !this.#read.includes('40{')) return;
    this.#state = 'listening';
    this.#open(this);
  }
}

/**
 * Connects listeners, some at a time.
 *
 * @param {number} count
 * @param {number} port
 * @param {Dialect} dialect
 */
export async function listenAll(count, port, dialect) {
  /** @type {Listener[]} */
  const listeners = [];
  while (listeners.length < count) {
    const batch = Array.from(
      { length: Math.min(AT_ONCE, count - listeners.length) },
      () => new Listener(port, dialect),
    );
    await Promise.all(batch.map(({ opened }) => opened));
    listeners.push(...batch);
  }
  return listeners;
}
