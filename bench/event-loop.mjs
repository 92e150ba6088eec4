import { setImmediate as nextTurn } from 'node:timers/promises';
import { stopwatch } from './stopwatch.mjs';

/** Measures the longest time between two turns of the event loop, until it is stopped. */
export function watchEventLoop() {
  const elapsedMs = stopwatch();
  let longestMs = 0;
  let lastTurnMs = 0;
  let watching = true;
  const turn = () => {
    const turnMs = elapsedMs();
    longestMs = Math.max(longestMs, turnMs - lastTurnMs);
    lastTurnMs = turnMs;
    if (watching) setImmediate(turn);
  };
  setImmediate(turn);
  return {
    /** Returns the longest stretch in milliseconds, the one that runs now included. */
    async stop() {
      await nextTurn();
      watching = false;
      await nextTurn();
      return longestMs;
    },
  };
}
