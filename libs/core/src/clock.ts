/** Is a timer that has been set and can be taken back. */
export interface Timer {
  cancel(): void;
}

/** Is where everything that waits or expires takes its time from. */
export interface Clock {
  /** Returns monotonic milliseconds; only differences mean something. */
  now(): number;
  /** Calls back once after this many milliseconds, unless cancelled before. */
  setTimer(callback: () => void, delayMs: number, options?: TimerOptions): Timer;
}

/** Are the options of one timer. */
export interface TimerOptions {
  /** Does not keep the process alive; false if absent. */
  readonly inBackground?: boolean;
}

/** Node fires a timer beyond it, and one that is infinite, at once. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/** Is the clock of the running process. */
export const systemClock: Clock = {
  now: () => performance.now(),
  setTimer: (callback, delayMs, options) => {
    const timer = setTimeout(callback, Math.min(delayMs, MAX_DELAY_MS));
    if (options?.inBackground) timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
};

/** Resolves after this many milliseconds, or at once when the signal aborts. */
export function delay(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const finish = (): void => {
      timer.cancel();
      signal?.removeEventListener('abort', finish);
      resolve();
    };
    const timer = clock.setTimer(finish, delayMs);
    signal?.addEventListener('abort', finish);
  });
}
