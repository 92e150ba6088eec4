import type { WorkerEvents } from 'nest-channels';

/** Counts the handlers of an application that run now, in workers and beside connections. */
export class RunningHandlers {
  #running = 0;
  #events = 0;

  constructor(events: Pick<WorkerEvents, 'listen'>) {
    events.listen(({ type }) => {
      this.#events++;
      if (type === 'started') this.#running++;
      else if (ENDINGS.has(type)) this.#running--;
    });
  }

  get running(): number {
    return this.#running;
  }

  /** Counts all that handlers have begun and ended. */
  get events(): number {
    return this.#events;
  }
}

const ENDINGS: ReadonlySet<string> = new Set(['finished', 'failed', 'postponed', 'dropped']);
