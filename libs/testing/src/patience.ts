import { systemClock, type Timer } from '@nest-channels/core';
import { TestTimeout } from './errors.js';

/** Is how long nothing may happen in real time while a test waits, if it does not say. */
export const DEFAULT_PATIENCE_MS = 3_000;

/** Is in how many steps it is lost: one in which the process stood still is one, however long. */
const STEPS = 20;

/** Decides when a test has waited long enough. */
export class Patience {
  /**
   * @param ms is how long nothing may happen in real time
   * @param progress returns another text whenever something has happened: a slow machine is no failure
   */
  constructor(
    readonly ms: number,
    private readonly progress: () => string,
  ) {}

  /**
   * Resolves or rejects as the promise does, or rejects when nothing happens for too long.
   *
   * @param what names in the error what was waited for
   * @throws TestTimeout `CHANNELS_TEST_TIMEOUT`
   */
  wait<T>(promise: Promise<T>, what: string): Promise<T> {
    return new Promise((resolve, reject) => {
      let timer: Timer;
      const watch = (before: string, steps: number): void => {
        if (steps === 0) return reject(new TestTimeout(what, this.ms));
        timer = systemClock.setTimer(() => {
          const now = this.progress();
          watch(now, now === before ? steps - 1 : STEPS);
        }, this.ms / STEPS);
      };
      watch(this.progress(), STEPS);
      promise.finally(() => timer.cancel()).then(resolve, reject);
    });
  }
}
