/** Are the limits of what may be unsettled at the same time. */
export interface WindowLimits {
  readonly frames: number;
  readonly bytes: number;
}

/**
 * Counts the frames of a connection that have been sent to a worker and not been handled yet.
 *
 * A worker settles only the frames that ask for it, and with each all before it: twice in a full
 * window, so that it never runs dry and settling costs next to nothing.
 */
export class SettlementWindow {
  #sent = 0;
  #settled = 0;
  #asked = 0;
  #bytes = 0;
  #bytesSinceAsked = 0;
  #asks: { readonly order: number; readonly bytes: number }[] = [];

  constructor(private readonly limits: WindowLimits) {}

  /** Tells whether every frame is known to have been handled. */
  get isSettled(): boolean {
    return this.#settled === this.#sent;
  }

  get isFull(): boolean {
    const { frames, bytes } = this.limits;
    return this.#sent - this.#settled >= frames || this.#bytes >= bytes;
  }

  /** Counts the next frame and tells whether it has to ask for its settlement. */
  add(bytes: number): boolean {
    this.#sent++;
    this.#bytes += bytes;
    this.#bytesSinceAsked += bytes;
    const { limits } = this;
    const isDue =
      (this.#sent - this.#asked) * 2 >= limits.frames || this.#bytesSinceAsked * 2 >= limits.bytes;
    if (isDue) this.#ask();
    return isDue;
  }

  /** Takes the frames up to this one as handled; ignores numbers that were not asked for. */
  settle(order: number): void {
    if (!this.#asks.some((ask) => ask.order === order)) return;
    while (this.#settled < order) {
      const ask = this.#asks.shift();
      if (!ask) return;
      this.#settled = ask.order;
      this.#bytes -= ask.bytes;
    }
  }

  /** Takes everything as handled: what was lost on its way is never settled. */
  reset(): void {
    this.#settled = this.#sent;
    this.#asked = this.#sent;
    this.#bytes = 0;
    this.#bytesSinceAsked = 0;
    this.#asks = [];
  }

  #ask(): void {
    this.#asks.push({ order: this.#sent, bytes: this.#bytesSinceAsked });
    this.#asked = this.#sent;
    this.#bytesSinceAsked = 0;
  }
}
