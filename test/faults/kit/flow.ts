import type { Socket } from 'node:net';
import { type Clock, delay } from '@nest-channels/core';

/** Are the faults of one direction; each may change at any moment. */
export interface FlowFaults {
  /** Is how much later each byte arrives. */
  latencyMs: number;
  /** Is the most that arrives at once. */
  sliceBytes: number;
  /** Says that nothing arrives: it waits on its way, as after a broken route. */
  isBlackHole: boolean;
}

/** Carries the bytes of one direction of a connection, with its faults. */
export class Flow {
  #tail: Promise<void> = Promise.resolve();
  readonly #ended = new AbortController();

  constructor(
    private readonly from: Socket,
    private readonly to: Socket,
    private readonly faults: FlowFaults,
    private readonly clock: Clock,
  ) {}

  /** Takes what arrived at one end; it comes out at the other in the same order. */
  carry(chunk: Buffer): void {
    const { latencyMs } = this.faults;
    const due = latencyMs > 0 ? delay(this.clock, latencyMs, this.#ended.signal) : undefined;
    this.#tail = this.#tail.then(async () => {
      await due;
      await this.#write(chunk);
    });
  }

  /** Lets the faults take effect, or end. */
  faultsChanged(): void {
    if (this.faults.isBlackHole) this.from.pause();
    else this.from.resume();
  }

  /** Forgets what is on its way. */
  end(): void {
    this.#ended.abort();
  }

  async #write(chunk: Buffer): Promise<void> {
    for (let start = 0; start < chunk.length; start += this.faults.sliceBytes) {
      if (this.#ended.signal.aborted) return;
      const slice = chunk.subarray(start, start + this.faults.sliceBytes);
      // The next slice waits until this one has left, so that they are not put together again.
      await new Promise<void>((resolve) => this.to.write(slice, () => resolve()));
    }
  }
}
