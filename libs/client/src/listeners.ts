/** Takes a listener or handler away again; calling it twice does nothing more. */
export type Unsubscribe = () => void;

/** Tells several listeners of the same thing; one that throws keeps nothing from the others. */
export class Listeners<Arguments extends readonly unknown[]> {
  readonly #all = new Set<{ readonly call: (...args: Arguments) => void }>();

  constructor(private readonly failed: (error: unknown) => void) {}

  get size(): number {
    return this.#all.size;
  }

  add(call: (...args: Arguments) => void): Unsubscribe {
    const entry = { call };
    this.#all.add(entry);
    return () => void this.#all.delete(entry);
  }

  tell(...args: Arguments): void {
    // Who is added meanwhile hears of the next one.
    for (const { call } of Array.from(this.#all)) {
      try {
        call(...args);
      } catch (error) {
        this.failed(error);
      }
    }
  }
}
