/** Is how long something took, and between whom. */
export interface Latency {
  readonly saidAt: number;
  readonly ms: number;
  readonly from: string;
  readonly to: string;
}

/** Are the times between saying something and hearing it. */
export class Latencies {
  readonly #sayings = new Map<string, { readonly at: number; readonly from: string }>();
  readonly #latencies: Latency[] = [];

  said(id: string, from: string, at = performance.now()): void {
    this.#sayings.set(id, { at, from });
  }

  /** Has to be told of each who heard it. */
  heard(id: string, to: string, at = performance.now()): void {
    const saying = this.#sayings.get(id);
    if (!saying) return;
    this.#latencies.push({ saidAt: saying.at, ms: at - saying.at, from: saying.from, to });
  }

  /** Lists what is chosen, the shortest first. */
  of(isChosen: (latency: Latency) => boolean = () => true): number[] {
    return this.#latencies
      .filter(isChosen)
      .map(({ ms }) => ms)
      .toSorted((a, b) => a - b);
  }
}

/** Returns what 99 % are not above, of numbers in their order; 0 of none. */
export function p99(sorted: readonly number[]): number {
  return sorted[Math.max(0, Math.ceil(0.99 * sorted.length) - 1)] ?? 0;
}
