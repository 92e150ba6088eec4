import { describe, expect, it } from '@jest/globals';
import {
  changesBetween,
  conflictsOf,
  entriesOf,
  snapshotOf,
  withChanges,
} from '../src/session-changes.js';

describe('the changes of a handler', () => {
  const before = snapshotOf({ kept: 1, changed: { deep: 1 }, removed: true });
  const changes = changesBetween(before, snapshotOf({ kept: 1, changed: { deep: 2 }, added: 'x' }));

  it('are what it set, deep down too, and what it removed', () => {
    expect(Object.fromEntries(changes)).toEqual({
      added: '"x"',
      changed: '{"deep":2}',
      removed: undefined,
    });
  });

  it('are made to what others have made of it meanwhile', () => {
    const theirs = { kept: 5, changed: { deep: 1 }, removed: true, others: 1 };
    expect(withChanges(theirs, changes)).toEqual({
      kept: 5,
      changed: { deep: 2 },
      others: 1,
      added: 'x',
    });
  });

  it('meet those of others on the same key, also where both came to the same', () => {
    const theirs = snapshotOf({ kept: 5, changed: { deep: 3 }, added: 'x', removed: true });
    expect(conflictsOf(changes, before, theirs)).toEqual(['changed', 'added']);
  });

  it('leave out what JSON does', () => {
    expect([...snapshotOf({ nothing: undefined, call: () => 1 })]).toEqual([]);
  });
});

describe('the entries of a record', () => {
  it('are all but its cookie and what would reach the prototype', () => {
    const record = JSON.parse('{"cookie":{},"a":1,"__proto__":{"evil":true}}') as object;
    expect(entriesOf(record)).toEqual([['a', 1]]);
  });
});
