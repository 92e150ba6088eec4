/** Is a number that is held against a bar of speed, which breaks no promise. */
export interface Measure {
  readonly what: string;
  readonly value: number;
  /** Is the bar, which it has to reach or must not be over. */
  readonly least?: number;
  readonly most?: number;
}

/** Says what was measured, and whether the bar was kept. */
export function describeMeasure(measure: Measure): string {
  const { what, value, least, most } = measure;
  const bar = least === undefined ? `at most ${most?.toFixed(1)}` : `at least ${least}`;
  return `${what}: ${value.toFixed(2)}, ${bar}: ${isKept(measure) ? 'kept' : 'MISSED'}`;
}

function isKept({ value, least = -Infinity, most = Infinity }: Measure): boolean {
  return least <= value && value <= most;
}
