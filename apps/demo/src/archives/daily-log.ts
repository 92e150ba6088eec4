const LINES = 2_000;

/**
 * Makes up what a shop logged on one day: about 100 kB, the same each time.
 *
 * @param damagedDay is the day whose log cannot be read
 */
export function dailyLog(day: number, damagedDay: number | null): string {
  if (day === damagedDay) throw new Error(`The log of day ${day} is damaged.`);
  const random = randomNumbers(day);
  const lines = Array.from({ length: LINES }, () => {
    const [product, ms] = [random(5_000), random(400)];
    return `day ${day} GET /products/${product} 200 ${ms} ms`;
  });
  return lines.join('\n');
}

/** Returns a generator of whole numbers below a limit (Lehmer's, as in C++'s minstd_rand). */
function randomNumbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % limit;
  };
}
