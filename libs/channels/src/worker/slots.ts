/** Is a line of work that waits for slots. */
export interface Line {
  readonly waiting: number;
  /** Starts what has waited longest in it; called when a slot has been taken for it. */
  startNext(): void;
}

/**
 * Counts work in progress up to a limit, and gives what is free to the lines that wait in turn.
 *
 * So a line with much work delays another by one turn and not by all it has.
 */
export class Slots {
  readonly #lines: Line[] = [];
  #taken = 0;

  constructor(private readonly limit: number) {}

  get taken(): number {
    return this.#taken;
  }

  get free(): number {
    return this.limit - this.#taken;
  }

  /** Tells whether somebody waits for a slot. */
  get isContended(): boolean {
    return this.#lines.length > 0;
  }

  /** Takes a slot if one is free. */
  tryTake(): boolean {
    if (this.#taken >= this.limit) return false;
    this.#taken++;
    return true;
  }

  /** Lets a line that had nothing to wait for take its turn from now on. */
  lineUp(line: Line): void {
    this.#lines.push(line);
  }

  /** Hands a slot to the line whose turn it is, or frees it. */
  release(): void {
    let line = this.#lines.shift();
    while (line && line.waiting === 0) line = this.#lines.shift();
    if (!line) {
      this.#taken--;
      return;
    }
    line.startNext();
    if (line.waiting > 0) this.#lines.push(line);
  }
}
