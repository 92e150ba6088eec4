/** Keeps what comes for a lane while that is taken, to be handled one after another. */
export class Lanes<T> {
  /** Has an entry for each lane that is taken, with what waits in it, if anything. */
  readonly #taken = new Map<string, T[] | undefined>();
  #waiting = 0;

  /** Counts what waits behind others, in all lanes. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Takes a lane if it is free; else the item waits in it, and false is returned. */
  enter(lane: string, item: T): boolean {
    if (!this.#taken.has(lane)) {
      this.#taken.set(lane, undefined);
      return true;
    }
    const behind = this.#taken.get(lane);
    if (behind) behind.push(item);
    else this.#taken.set(lane, [item]);
    this.#waiting++;
    return false;
  }

  /** Ends the turn of the item that has a lane and returns the next; without one the lane is free. */
  leave(lane: string): T | undefined {
    const next = this.#taken.get(lane)?.shift();
    if (next) this.#waiting--;
    else this.#taken.delete(lane);
    return next;
  }

  /** Forgets everything that waits, and returns how much that was. */
  clear(): number {
    const cleared = this.#waiting;
    this.#taken.clear();
    this.#waiting = 0;
    return cleared;
  }
}
