import type { TestSocket } from '../../libs/channels/test/support/test-socket.js';

const IN_FLIGHT = 4;

/**
 * Keeps frames of some sockets in flight to the demo's echo, and remembers what came back.
 *
 * A frame is a number; each answer lets the next one out, so that the load goes at the pace of those
 * who answer.
 */
export class EchoLoad {
  readonly #heard: number[][];
  readonly #sent: number[];
  #isOver = false;

  constructor(private readonly sockets: readonly TestSocket[]) {
    this.#heard = sockets.map(() => []);
    this.#sent = sockets.map(() => 0);
    for (const [index, { webSocket }] of sockets.entries()) {
      webSocket.on('message', (data: Buffer) => {
        this.#heard[index].push(Number(data.toString()));
        if (!this.#isOver) this.#send(index);
      });
    }
  }

  start(): void {
    for (const index of this.sockets.keys()) {
      for (let count = 0; count < IN_FLIGHT; count++) this.#send(index);
    }
  }

  /** Lets nothing more out. */
  end(): void {
    this.#isOver = true;
  }

  /** Resolves when each frame that was sent has been answered. */
  async answered(): Promise<void> {
    if (this.missing === 0) return;
    await new Promise<void>((resolve) => {
      for (const { webSocket } of this.sockets) {
        webSocket.on('message', () => {
          if (this.missing === 0) resolve();
        });
      }
    });
  }

  /** Counts answers that came a second time. */
  get repeated(): number {
    return this.#heard.reduce((sum, heard) => sum + heard.length - new Set(heard).size, 0);
  }

  /** Counts frames without an answer. */
  get missing(): number {
    return this.#sent.reduce(
      (sum, sent, index) => sum + sent - new Set(this.#heard[index]).size,
      0,
    );
  }

  get answers(): number {
    return this.#heard.reduce((sum, heard) => sum + heard.length, 0);
  }

  #send(index: number): void {
    this.sockets[index].webSocket.send(String(this.#sent[index]++));
  }
}
