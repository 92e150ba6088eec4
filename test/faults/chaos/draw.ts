/** Draws one of several, one at least. */
export function draw<T>(random: () => number, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)];
}
