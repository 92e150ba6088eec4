import { openSync, readSync } from 'node:fs';

const schedulerFile = openSchedulerFile();
const buffer = Buffer.alloc(128);

/**
 * Starts a stopwatch; calling it returns the milliseconds that passed.
 *
 * On Linux the time this thread waited for a core is left out: what else the machine does then
 * counts little.
 */
export function stopwatch() {
  const start = computedMs();
  return () => computedMs() - start;
}

function computedMs() {
  return performance.now() - waitedMs();
}

/** Says how long this thread was ready to run and did not. */
function waitedMs() {
  if (schedulerFile === undefined) return 0;
  const length = readSync(schedulerFile, buffer, 0, buffer.length, 0);
  const [, waitedNs] = buffer.toString('latin1', 0, length).split(' ');
  return Number(waitedNs) / 1e6;
}

function openSchedulerFile() {
  try {
    return openSync('/proc/thread-self/schedstat', 'r');
  } catch {
    return undefined;
  }
}
