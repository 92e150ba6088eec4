import { describe, expect, it } from '@jest/globals';
import { exists, readText } from '../structure/sources.js';

const ROW = /^\| (?<upstream>.+?) +\| (?<fact>.+?) +\| `(?<file>[^`]+)` +\|$/gm;

interface Row {
  readonly upstream: string;
  readonly fact: string;
  readonly file: string;
}

const rows = [...readText('docs/upstream-tests.md').matchAll(ROW)].map(
  ({ groups }) => groups as unknown as Row,
);

describe('the counterparts of upstream tests', () => {
  it('are many', () => {
    expect(rows.length).toBeGreaterThan(40);
  });

  it('are there, under the titles that the table names', () => {
    expect(rows.filter((row) => !isThere(row))).toEqual([]);
  });
});

/** Titles are written in single quotes. */
function isThere({ file, fact }: Row): boolean {
  return exists(file) && readText(file).includes(`'${fact}'`);
}
