/** Are the faults that a test asks for; the same seed, the same faults. */
export interface FaultOptions {
  /** Decides what is lost and doubled, and how long things take; 1 if absent. */
  readonly seed?: number;
  /** Is the share of sends that are lost, 0 to 1. */
  readonly dropRate?: number;
  /** Is the share of sends that are tried twice and carried out twice, 0 to 1. */
  readonly duplicateRate?: number;
  /** Is how long a send takes at most before it is carried out, by the test's clock. */
  readonly delayMs?: number;
  /** Is how long each receive holds what it got before it hands it over, by the test's clock. */
  readonly slowReaderMs?: number;
}

/** Are the faults of a test's layers, some from the start and one to switch. */
export class Faults {
  #state: 'up' | 'down' = 'up';
  readonly #listeners = new Set<() => void>();

  constructor(readonly options: FaultOptions = {}) {}

  get isDown(): boolean {
    return this.#state === 'down';
  }

  /** Takes the layers away: what is sent and received fails until {@link up}. */
  down(): void {
    this.#become('down');
  }

  /** Brings the layers back, with all that was in them. Workers try again after a second. */
  up(): void {
    this.#become('up');
  }

  /** Calls back whenever the layers come or go, and returns how to end that. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #become(state: 'up' | 'down'): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}
