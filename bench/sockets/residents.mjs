import { stopwatch } from '../stopwatch.mjs';

/** @import { Bar, Row } from '../run.mjs' */

const WARM_UP = 20_000;
const INSTANCES = 50_000;

const NAME = 'residents: a consumer made for its connection';
const FIGURE = 'µs/instance';

/** @type {Row[]} */
export const rows = [{ name: NAME, measure }];

/** @type {Bar[]} */
export const bars = [{ title: `${NAME}: ${FIGURE}`, row: NAME, figure: FIGURE, atMost: 120 }];

async function measure() {
  const { startHousing } = await import('./housing-app.mjs');
  const { house, close } = await startHousing();
  await repeat(WARM_UP, house);
  globalThis.gc?.();
  const elapsedMs = stopwatch();
  await repeat(INSTANCES, house);
  const us = (elapsedMs() / INSTANCES) * 1e3;
  await close();
  return { [FIGURE]: us };
}

/**
 * @param {number} count
 * @param {() => Promise<unknown>} work
 */
async function repeat(count, work) {
  for (let index = 0; index < count; index++) await work();
}
