import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { type Flag, FLAGS, type ProcessRole, variableOf } from '../../src/command-line/flags.js';

const DOCUMENT = new URL('../../../../docs/command-line.md', import.meta.url);

describe('FLAGS', () => {
  it.each(['server', 'worker'] as const)('of a %s are those that the guide lists', (role) => {
    const cells = FLAGS[role].map((flag) => [formOf(flag), variableOf(flag), flag.option]);
    expect(documented(role)).toEqual(cells);
  });

  it.each(['server', 'worker'] as const)('of a %s have names of their own', (role) => {
    for (const names of [
      FLAGS[role].map(({ name }) => name),
      FLAGS[role].flatMap(({ short }) => short ?? []),
    ]) {
      expect(new Set(names).size).toBe(names.length);
    }
  });
});

function formOf({ name, short, value, isList }: Flag): string {
  return `${short ? `-${short}, ` : ''}--${name} ${value}${isList ? ' ...' : ''}`;
}

/** Reads flag, variable and option from the table below the heading of a role. */
function documented(role: ProcessRole): string[][] {
  const [, section = ''] = readFileSync(DOCUMENT, 'utf8').split(`## Flags of a ${role}\n`);
  const [table] = section.split('\n## ');
  const rows = table.split('\n').filter((line) => line.startsWith('| `'));
  return rows.map((row) => cellsOf(row).slice(0, 3));
}

function cellsOf(row: string): string[] {
  return row.split('|').flatMap((cell) => cell.trim().replaceAll('`', '') || []);
}
