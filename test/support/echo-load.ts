import type { TestSocket } from '../../libs/channels/test/support/test-socket.js';

/** Is how many frames of a socket are under way at most. */
const IN_FLIGHT = 8;

/** Is the pace of each socket, which leaves the processors to those who start meanwhile. */
const PACE_MS = 10;

/** Keeps sending numbered frames to the demo's echo, and remembers what came back. */
export class EchoLoad {
  readonly #heard: number[][];
  readonly #sent: number[];
  #pace?: NodeJS.Timeout;
  #wake: () => void = () => undefined;

  constructor(private readonly sockets: readonly TestSocket[]) {
    this.#heard = sockets.map(() => []);
    this.#sent = sockets.map(() => 0);
    for (const [index, { webSocket }] of sockets.entries()) {
      webSocket.on('message', (data: Buffer) => {
        this.#heard[index].push(Number(data.toString()));
        this.#wake();
      });
    }
  }

  start(): void {
    this.#pace = setInterval(() => this.#sendAll(), PACE_MS);
  }

  /** Lets nothing more out. */
  end(): void {
    clearInterval(this.#pace);
  }

  /** Resolves when each frame that was sent has been answered. */
  async answered(): Promise<void> {
    while (this.missing > 0) await new Promise<void>((resolve) => (this.#wake = resolve));
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

  #sendAll(): void {
    for (const [index, { webSocket }] of this.sockets.entries()) {
      const underWay = this.#sent[index] - this.#heard[index].length;
      if (underWay < IN_FLIGHT) webSocket.send(String(this.#sent[index]++));
    }
  }
}
