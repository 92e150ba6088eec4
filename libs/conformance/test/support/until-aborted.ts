import type { Received } from '@nest-channels/core';

/** Returns what a receive returns that nobody serves. */
export function untilAborted(signal: AbortSignal): Promise<Received[]> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve([]);
    signal.addEventListener('abort', () => resolve([]));
  });
}
