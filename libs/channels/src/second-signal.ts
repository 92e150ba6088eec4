import { constants } from 'node:os';

const STOP_SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * Ends the process at once when it is told to stop again, while it is stopping.
 *
 * Whoever sends a second signal does not want to wait; the exit code is 128 and the signal's number.
 */
export function exitOnNextSignal(): void {
  for (const signal of STOP_SIGNALS) {
    process.once(signal, () => process.exit(128 + constants.signals[signal]));
  }
}
