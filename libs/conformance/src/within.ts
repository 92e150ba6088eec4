import assert from 'node:assert/strict';

/**
 * Gives work a deadline in real time, which only a failing test ever reaches.
 *
 * The signal aborts at the deadline, and the promise rejects also if the work ignores that.
 */
export async function within<T>(
  ms: number,
  expectation: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      controller.abort();
      reject(new assert.AssertionError({ message: `${expectation} within ${ms} ms` }));
    }, ms);
  });
  try {
    return await Promise.race([work(controller.signal), deadline]);
  } finally {
    clearTimeout(timer);
  }
}
