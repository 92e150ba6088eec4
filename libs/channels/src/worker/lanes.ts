/** Runs the tasks of one lane one after another, and those of different lanes side by side. */
export class Lanes {
  readonly #tails = new Map<string, Promise<void>>();

  /** Starts a task when its lane is free; tasks never reject. */
  run(lane: string, task: () => Promise<void>): Promise<void> {
    const previous = this.#tails.get(lane);
    const done = previous ? previous.then(task) : task();
    this.#tails.set(lane, done);
    return done.then(() => {
      if (this.#tails.get(lane) === done) this.#tails.delete(lane);
    });
  }
}
