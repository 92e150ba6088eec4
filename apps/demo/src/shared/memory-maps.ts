import { type Entries, type SharedMap, SharedMaps } from './shared-map.js';

/** Keeps everything in this process: enough as long as it is the only one. */
export class MemoryMaps extends SharedMaps {
  readonly #maps = new Map<string, Entries>();
  readonly #counts = new Map<string, number>();

  map(name: string): SharedMap {
    return {
      entries: async () => this.#entries(name),
      put: async (key, value) => this.#change(name, (entries) => entries.set(key, value)),
      take: async (key) => this.#change(name, (entries) => entries.delete(key)),
    };
  }

  async nextNumber(sequence: string): Promise<number> {
    const number = (this.#counts.get(sequence) ?? 0) + 1;
    this.#counts.set(sequence, number);
    return number;
  }

  #entries(name: string): Entries {
    return this.#maps.get(name) ?? new Map();
  }

  #change(name: string, change: (entries: Map<string, string>) => void): Entries {
    const before = this.#entries(name);
    const after = new Map(before);
    change(after);
    if (after.size > 0) this.#maps.set(name, after);
    else this.#maps.delete(name);
    return before;
  }
}
