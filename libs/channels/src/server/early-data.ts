import type { Duplex } from 'node:stream';

/**
 * Holds what a client sends before its connection is accepted.
 *
 * Reading is also what makes a client's departure noticeable: an unread socket tells nothing.
 */
export class EarlyData {
  readonly #chunks: Buffer[];
  #bytes: number;

  constructor(
    private readonly socket: Duplex,
    head: Buffer,
    private readonly limits: { readonly bytes: number; readonly onExceeded: () => void },
  ) {
    this.#chunks = [head];
    this.#bytes = head.length;
    socket.on('data', this.#hold);
  }

  /**
   * Stops holding and returns everything so far.
   *
   * The socket goes on flowing: whoever reads it next has to listen in the same turn.
   */
  release(): Buffer {
    this.socket.off('data', this.#hold);
    return Buffer.concat(this.#chunks);
  }

  readonly #hold = (chunk: Buffer): void => {
    this.#bytes += chunk.length;
    if (this.#bytes > this.limits.bytes) return this.limits.onExceeded();
    this.#chunks.push(chunk);
  };
}
