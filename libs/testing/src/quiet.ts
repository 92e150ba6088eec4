/** Is something that a test waits for to come to rest. */
export interface Activity {
  /** Tells whether something runs that will go on by itself. */
  isBusy(): boolean;
  /** Returns another number or text whenever something has happened. */
  mark(): string | number;
}

/** Is for how many turns of the event loop nothing may happen: streams and HTTP need some. */
const QUIET_TURNS = 4;

/** Resolves when nothing goes on any more without time passing or new input. */
export async function untilQuiet(
  activities: readonly Activity[],
  signal: AbortSignal,
): Promise<void> {
  let last = '';
  for (let quiet = 0; quiet < QUIET_TURNS && !signal.aborted; quiet++) {
    await turn();
    const marks = marksOf(activities);
    if (marks !== last || activities.some((activity) => activity.isBusy())) quiet = 0;
    last = marks;
  }
}

/** Returns another text whenever something has happened. */
export function marksOf(activities: readonly Activity[]): string {
  return activities.map((activity) => activity.mark()).join(' ');
}

/** Resolves in the next turn of the event loop. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
