import { ManualClock } from '@nest-channels/core';

/** Is a clock of a machine that can sleep: time passes, and no timer fires. */
export class SleepyClock extends ManualClock {
  #slept = 0;

  override now(): number {
    return super.now() + this.#slept;
  }

  sleep(ms: number): void {
    this.#slept += ms;
  }
}
