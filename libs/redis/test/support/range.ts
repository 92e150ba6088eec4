/** Returns the numbers from 0 up to, without, a count. */
export function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
