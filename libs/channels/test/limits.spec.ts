import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { SERVER_DEFAULTS } from '../src/server-options.js';
import { WORKER_DEFAULTS } from '../src/worker-options.js';

const LIMITS = new URL('../../../docs/limits.md', import.meta.url);

/** Lists the options of servers and workers in the document with what stands beside them. */
function documented(): Record<string, string> {
  const rows = readFileSync(LIMITS, 'utf8').matchAll(/^\| `(\w+\.\w+)` +\| (.+?) +\|/gm);
  return Object.fromEntries([...rows].map(([, option, value]) => [option, value]));
}

function limitsOf(owner: string, defaults: object): [option: string, value: string][] {
  const numbers = Object.entries(defaults).filter(([, value]) => typeof value === 'number');
  return numbers.map(([key, value]) => [`${owner}.${key}`, written(value as number)]);
}

function written(value: number): string {
  return value === Infinity ? 'no limit' : value.toLocaleString('en-US');
}

describe('docs/limits.md', () => {
  it('tells every limit with its default', () => {
    const limits = [...limitsOf('server', SERVER_DEFAULTS), ...limitsOf('worker', WORKER_DEFAULTS)];
    expect(documented()).toEqual(Object.fromEntries(limits));
  });
});
