/** Are entries as they were before a change, in no order. */
export type Entries = ReadonlyMap<string, string>;

/** Is a map that all processes share; each call is one step that no other can come between. */
export interface SharedMap {
  entries(): Promise<Entries>;
  /** Sets an entry, and returns all as they were. */
  put(key: string, value: string): Promise<Entries>;
  /** Removes an entry, and returns all as they were. */
  take(key: string): Promise<Entries>;
}

/** Keeps what the processes of the demo share; a real application has tables. */
export abstract class SharedMaps {
  /** Returns the map of this name; it takes room as long as it has entries. */
  abstract map(name: string): SharedMap;
  /** Counts up from 1, and never returns a number again. */
  abstract nextNumber(sequence: string): Promise<number>;
}
