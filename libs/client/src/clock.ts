/** Is a timer that has been set and can be taken back. */
export interface ClientTimer {
  cancel(): void;
}

/** Is where the client takes its time from. */
export interface ClientClock {
  /** Returns milliseconds that also pass while the machine sleeps; only differences mean something. */
  now(): number;
  /** Calls back once after this many milliseconds, unless cancelled before. */
  setTimer(callback: () => void, delayMs: number): ClientTimer;
}

/** Is the clock of the page or process; the monotonic one may stand still in sleep. */
export const wallClock: ClientClock = {
  now: () => Date.now(),
  setTimer: (callback, delayMs) => {
    const timer = setTimeout(callback, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
};
