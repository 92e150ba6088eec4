import type { SessionRecord } from './session-data.js';

/** Are keys that no record may set, as objects take them for something else. */
const DANGEROUS: ReadonlySet<string> = new Set(['__proto__']);

/** Is what keys held, each as JSON: two of them are equal when their texts are. */
export type Snapshot = ReadonlyMap<string, string>;

/** Returns what a session holds; what JSON leaves out is not there. */
export function snapshotOf(data: object): Snapshot {
  const entries = entriesOf(data).map(([key, value]) => [key, JSON.stringify(value)] as const);
  return new Map(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** Is what one handler has done to a session: new values by key, undefined for what it removed. */
export type Changes = ReadonlyMap<string, string | undefined>;

/** Returns what changed from one snapshot to the other. */
export function changesBetween(before: Snapshot, after: Snapshot): Changes {
  const keys = new Set([...before.keys(), ...after.keys()]);
  const changed = [...keys].filter((key) => before.get(key) !== after.get(key));
  return new Map(changed.map((key) => [key, after.get(key)]));
}

/**
 * Lists the keys that somebody else has changed too.
 *
 * To the same value as well: two that count from 3 both come to 4.
 */
export function conflictsOf(changes: Changes, before: Snapshot, theirs: Snapshot): string[] {
  return [...changes.keys()].filter((key) => theirs.get(key) !== before.get(key));
}

/** Returns a record with the changes made to it. */
export function withChanges(record: SessionRecord, changes: Changes): SessionRecord {
  const merged = new Map(Object.entries(record));
  for (const [key, json] of changes) {
    if (json === undefined) merged.delete(key);
    else merged.set(key, JSON.parse(json));
  }
  return Object.fromEntries(merged);
}

/** Lists what a session holds, without its cookie. */
export function entriesOf(record: object): [string, unknown][] {
  const entries = Object.entries(record) as [string, unknown][];
  return entries.filter(([key]) => key !== 'cookie' && !DANGEROUS.has(key));
}
