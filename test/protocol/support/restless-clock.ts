import { ManualClock } from '@nest-channels/core';

/** Is how far time is with each look: little, so that no message expires in the longest flood. */
const LOOK_MS = 0.1;

/**
 * Is a clock that moves on whenever somebody looks at it, and whose timers never come.
 *
 * A loop that asks it whether it has been long has been so after as many rounds on any machine.
 */
export class RestlessClock extends ManualClock {
  #looks = 0;

  override now(): number {
    return LOOK_MS * this.#looks++;
  }
}
