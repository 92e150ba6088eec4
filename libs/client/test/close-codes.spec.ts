import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { afterClose, CLOSE_CODES } from '../src/close-codes.js';

const GUIDE = readFileSync(new URL('../../../docs/guide/client.md', import.meta.url), 'utf8');

describe('afterClose', () => {
  it.each([1001, 1006, 1011, 1012, 1014])('connects again after %d', (code) => {
    expect(afterClose(code)).toBe('reconnect');
  });

  it('leaves an overloaded server alone first', () => {
    expect(afterClose(1013)).toBe('later');
  });

  it.each([1000, 1002, 1003, 1005, 1007, 1008, 1009, 1010, 3000, 4000, 4401, 4999])(
    'stops after %d',
    (code) => {
      expect(afterClose(code)).toBe('stop');
    },
  );

  it('connects again after a code that nobody knows yet', () => {
    expect(afterClose(2000)).toBe('reconnect');
  });
});

describe('docs/guide/client.md', () => {
  it('has the same table', () => {
    const rows = [...GUIDE.matchAll(/^\| (\d{4}) +\| (stop|reconnect|later) +\|/gm)];
    const documented = rows.map(([, code, next]) => [Number(code), next]);
    expect(documented).toEqual([...CLOSE_CODES]);
  });
});
