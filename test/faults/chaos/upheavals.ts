import type { Span } from '../kit/checker.js';
import { now } from '../kit/history.js';

/** Is how far a replica may be behind, and how long a message may have waited. */
const UNSAVED_MS = 1_000;

/** Is what may be lost: groups lose their members, or messages the server that they waited in. */
export type Upheaval = 'amnesias' | 'deaths';

/** Are the times in which Redis lost something that it had accepted. */
export class Upheavals {
  readonly amnesias: Span[] = [];
  readonly deaths: Span[] = [];
  #latest: { from: number; to: number }[] = [];

  /** Begins one, before anything is done to a server. */
  begin(...kinds: readonly Upheaval[]): void {
    this.#latest = kinds.map((kind) => {
      const span = { from: now() - (kind === 'deaths' ? UNSAVED_MS : 0), to: Infinity };
      this[kind].push(span);
      return span;
    });
  }

  /** Ends it, once more if somebody was not back yet. */
  end(): void {
    for (const span of this.#latest) span.to = now();
  }
}
