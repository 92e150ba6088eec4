import type { ReceiveContent } from './inbound.js';

/** Is a frame that has been read and not been sent to a worker. */
export interface HeldFrame {
  readonly content: ReceiveContent;
  readonly size: number;
}

/** Is how many frames are much, and how many bytes. */
export interface HeldLimits {
  readonly frames: number;
  readonly bytes: number;
}

/** Keeps frames of one connection in their order and knows whether they are many. */
export class HeldFrames {
  #frames: HeldFrame[] = [];
  #bytes = 0;

  constructor(private readonly limits: HeldLimits) {}

  get size(): number {
    return this.#frames.length;
  }

  get areMany(): boolean {
    const { frames, bytes } = this.limits;
    return this.#frames.length >= frames || this.#bytes >= bytes;
  }

  /** Tells whether they are no more than half as many as would be many. */
  get areFew(): boolean {
    const { frames, bytes } = this.limits;
    return this.#frames.length * 2 <= frames && this.#bytes * 2 <= bytes;
  }

  push(frame: HeldFrame): void {
    this.#frames.push(frame);
    this.#bytes += frame.size;
  }

  shift(): HeldFrame | undefined {
    const frame = this.#frames.shift();
    if (frame) this.#bytes -= frame.size;
    return frame;
  }

  /** Takes the contents of all of them. */
  takeAll(): ReceiveContent[] {
    const contents = this.#frames.map(({ content }) => content);
    this.#frames = [];
    this.#bytes = 0;
    return contents;
  }
}
