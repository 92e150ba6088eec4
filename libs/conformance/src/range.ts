/** Lists the integers from 0 up to this number. */
export function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
