import { now } from '../sockets/now.mjs';
import { latencies } from '../sockets/percentile.mjs';

const WARM_UP = 3_000;
const SAMPLES = 5_000;

/**
 * Times one question after another.
 *
 * @param {() => Promise<unknown>} ask
 */
export async function oneAtATime(ask) {
  for (let count = 0; count < WARM_UP; count++) await ask();
  const samples = new Float64Array(SAMPLES);
  for (let index = 0; index < SAMPLES; index++) {
    const startedAt = now();
    await ask();
    samples[index] = now() - startedAt;
  }
  return latencies(samples);
}
