import { ConnectionClosed } from './errors.js';
import type { Patience } from './patience.js';

/** Is what a frame carries: text, or bytes of a binary one. */
export type Frame = string | Uint8Array;

/** Is how a connection ended. */
export interface Closing {
  readonly code: number;
  readonly reason: string;
}

interface Waiting {
  readonly resolve: (frame: Frame) => void;
  readonly reject: (error: ConnectionClosed) => void;
}

/** Keeps the frames that a client got, in order, until a test asks for them. */
export class Frames {
  readonly #frames: Frame[] = [];
  readonly #waiting: Waiting[] = [];
  #closing?: Closing;

  constructor(private readonly path: string) {}

  /** Counts the frames that nobody has asked for. */
  get size(): number {
    return this.#frames.length;
  }

  add(frame: Frame): void {
    const waiting = this.#waiting.shift();
    if (waiting) waiting.resolve(frame);
    else this.#frames.push(frame);
  }

  /** Says that nothing more will come. */
  end(closing: Closing): void {
    this.#closing = closing;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#closed(closing));
  }

  /** Returns the next frame without taking it; undefined when none is there. */
  peek(): Frame | undefined {
    return this.#frames[0];
  }

  /**
   * Resolves with the next frame, now or when it arrives.
   *
   * @throws ConnectionClosed `CHANNELS_TEST_CONNECTION_CLOSED`
   * @throws TestTimeout `CHANNELS_TEST_TIMEOUT`
   */
  async next(patience: Patience): Promise<Frame> {
    const frame = this.#frames.shift();
    if (frame !== undefined) return frame;
    if (this.#closing) throw this.#closed(this.#closing);
    return patience.wait(this.#arrival(), `a frame from ${this.path}`);
  }

  #arrival(): Promise<Frame> {
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  #closed({ code, reason }: Closing): ConnectionClosed {
    return new ConnectionClosed(this.path, code, reason);
  }
}
