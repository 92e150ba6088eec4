import { delay, systemClock } from '@nest-channels/core';

/** Is how often it is looked: each look takes a connection of its own. */
const LOOK_MS = 50;

/** Looks again and again until it is so. */
export async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await delay(systemClock, LOOK_MS);
}
