import {
  type Changes,
  changesBetween,
  entriesOf,
  type Snapshot,
  snapshotOf,
} from './session-changes.js';
import type { SessionRecord } from './session-data.js';

/** Is a session while one message is handled: what it held at first, and what it holds now. */
export class OpenSession {
  /** Is what the handler reads and changes. */
  readonly data: Record<string, unknown>;
  #before: Snapshot;

  /** @param record is what the store held; absent for a session that is not there yet */
  constructor(
    readonly id: string,
    record?: SessionRecord,
  ) {
    this.isStored = record !== undefined;
    this.data = Object.fromEntries(entriesOf(record ?? {}));
    this.#before = snapshotOf(this.data);
  }

  /** Says whether the store holds it, or held it when it was opened. */
  isStored: boolean;

  get before(): Snapshot {
    return this.#before;
  }

  /** Returns what has changed since it was opened or saved. */
  changes(): Changes {
    return changesBetween(this.#before, snapshotOf(this.data));
  }

  /** Takes note that the store holds what it holds now. */
  saved(): void {
    this.#before = snapshotOf(this.data);
    this.isStored = true;
  }
}
