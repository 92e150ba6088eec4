import { now } from './now.mjs';

/**
 * Says how many milliseconds something takes, `limitMs` if it takes longer.
 *
 * @param {number} limitMs
 * @param {() => Promise<unknown>} work
 */
export async function millisecondsWithin(limitMs, work) {
  const startedAt = now();
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const late = new Promise((resolve) => (timer = setTimeout(resolve, limitMs)));
  await Promise.race([work().catch(() => late), late]);
  clearTimeout(timer);
  return Math.min(limitMs, now() - startedAt);
}
