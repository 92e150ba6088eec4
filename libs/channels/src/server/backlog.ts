import type { OutboundPolicy } from '../outbound-policy.js';
import type { Frame } from './frame.js';

/**
 * Keeps the frames that wait for a client who reads slowly, in the order they will leave.
 *
 * Of frames with the same key a {@link coalesce} policy keeps the latest only.
 */
export class Backlog {
  // A frame without a key is its own: every frame of a connection is an object of its own.
  readonly #frames = new Map<string | Frame, Frame>();
  #bytes = 0;

  constructor(
    private readonly limits: { readonly maxBytes: number; readonly policy: OutboundPolicy },
  ) {}

  get isEmpty(): boolean {
    return this.#frames.size === 0;
  }

  /**
   * Keeps a frame, unless it does not fit.
   *
   * @param alreadyWaiting bytes that wait for the same client elsewhere
   */
  add(frame: Frame, alreadyWaiting: number): 'kept' | 'dropped' | 'exceeded' {
    const key = this.#keyOf(frame);
    this.#remove(key);
    if (this.#bytes + alreadyWaiting + frame.wire.length > this.limits.maxBytes) {
      return this.limits.policy === 'drop' ? 'dropped' : 'exceeded';
    }
    this.#frames.set(key, frame);
    this.#bytes += frame.wire.length;
    return 'kept';
  }

  /** Takes frames from the front until they have at least this many bytes. */
  take(bytes: number): Frame[] {
    const taken: Frame[] = [];
    let size = 0;
    for (const [key, frame] of this.#frames) {
      if (size >= bytes) break;
      taken.push(frame);
      size += frame.wire.length;
      this.#remove(key);
    }
    return taken;
  }

  #keyOf(frame: Frame): string | Frame {
    const { policy } = this.limits;
    return typeof policy === 'string' ? frame : (policy.keyOf(frame.data) ?? frame);
  }

  #remove(key: string | Frame): void {
    const frame = this.#frames.get(key);
    if (!frame) return;
    this.#bytes -= frame.wire.length;
    this.#frames.delete(key);
  }
}
