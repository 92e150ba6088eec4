import { stopwatch } from '../stopwatch.mjs';

/** @import { Bar, Row } from '../run.mjs' */

const WARM_UP = 100_000;
const MESSAGES = 300_000;

/** Are the handlers of dispatched-app.mjs, by what is special about them. */
const HANDLERS = {
  'without enhancers': 'heard',
  'with guard, interceptor and pipe': 'guarded',
  'that answers': 'answering',
};

const figure = 'µs over a plain call';

/** @type {Row[]} */
export const rows = Object.entries(HANDLERS).map(([what, method]) => ({
  name: rowOf(what),
  measure: () => measure(method),
}));

/** @type {Bar[]} */
export const bars = Object.keys(HANDLERS).map((what) => ({
  title: `${rowOf(what)}: ${figure}`,
  row: rowOf(what),
  figure,
  atMost: what === 'without enhancers' ? 1.5 : undefined,
}));

/** @param {string} what */
function rowOf(what) {
  return `dispatch: a handler ${what}`;
}

/** @param {string} method */
async function measure(method) {
  const { startDispatching } = await import('./dispatched-app.mjs');
  const { dispatch, call } = await startDispatching(method);
  const calls = await microseconds(call);
  const dispatches = await microseconds(dispatch);
  return { 'µs plain': calls, 'µs dispatched': dispatches, [figure]: dispatches - calls };
}

/** @param {() => Promise<unknown>} work */
async function microseconds(work) {
  await repeat(WARM_UP, work);
  globalThis.gc?.();
  const elapsedMs = stopwatch();
  await repeat(MESSAGES, work);
  return (elapsedMs() / MESSAGES) * 1e3;
}

/**
 * @param {number} count
 * @param {() => Promise<unknown>} work
 */
async function repeat(count, work) {
  for (let index = 0; index < count; index++) await work();
}
