/** Is what waits for its turn. */
export interface Turn {
  /** Is where it runs; those without one run one after another. */
  readonly place?: Place;
}

/** Is where some turns run beside the others. */
export interface Place {
  /** Is how many of them run at once. */
  readonly limit: number;
}

interface Line<T> {
  running: number;
  readonly waiting: T[];
}

/**
 * Gives the messages of one connection their turns: one after another, or beside each other.
 *
 * States: open → closed; a closed one starts nothing any more.
 */
export class Turns<T extends Turn> {
  #state: 'open' | 'closed' = 'open';
  #places?: Map<Place, Line<T>>;
  #running = 0;
  #isRowBusy = false;
  readonly #row: T[] = [];
  #onIdle?: () => void;

  /** @param start begins a turn; {@link end} ends it */
  constructor(private readonly start: (turn: T) => void) {}

  /** Counts what waits. */
  get waiting(): number {
    const lines = [...(this.#places?.values() ?? [])];
    return lines.reduce((sum, line) => sum + line.waiting.length, this.#row.length);
  }

  /** Starts a turn now or when others have ended; a closed one drops it. */
  add(turn: T): void {
    if (this.#state === 'closed') return;
    if (turn.place) return this.#addTo(this.#line(turn.place), turn.place, turn);
    if (this.#isRowBusy) this.#row.push(turn);
    else this.#startInRow(turn);
  }

  /** Ends a turn, and starts the next one of its line. */
  end({ place }: T): void {
    this.#running--;
    if (place) this.#next(this.#line(place), place);
    else this.#nextInRow();
    if (this.#running === 0) this.#onIdle?.();
  }

  /** Starts nothing any more; returns how much waited. */
  close(): number {
    const { waiting } = this;
    this.#state = 'closed';
    this.#row.length = 0;
    this.#places = undefined;
    return waiting;
  }

  /** Resolves when nothing runs or waits. */
  idle(): Promise<void> {
    if (this.#running === 0) return Promise.resolve();
    return new Promise((resolve) => (this.#onIdle = resolve));
  }

  #startInRow(turn: T): void {
    this.#isRowBusy = true;
    this.#running++;
    this.start(turn);
  }

  #nextInRow(): void {
    const next = this.#row.shift();
    if (next) this.#startInRow(next);
    else this.#isRowBusy = false;
  }

  #line(place: Place): Line<T> {
    this.#places ??= new Map();
    const line = this.#places.get(place) ?? { running: 0, waiting: [] };
    this.#places.set(place, line);
    return line;
  }

  #addTo(line: Line<T>, { limit }: Place, turn: T): void {
    if (line.running >= limit) return void line.waiting.push(turn);
    line.running++;
    this.#running++;
    this.start(turn);
  }

  #next(line: Line<T>, place: Place): void {
    line.running = Math.max(0, line.running - 1);
    const next = line.waiting.shift();
    if (next) this.#addTo(line, place, next);
  }
}
