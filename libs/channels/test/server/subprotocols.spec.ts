import { describe, expect, it } from '@jest/globals';
import { InvalidHandshake } from '../../src/errors.js';
import { readSubprotocols } from '../../src/server/subprotocols.js';

const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `p${index}`);

function problemOf(header: string): string {
  try {
    readSubprotocols(header);
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidHandshake);
    expect(error).toHaveProperty('status', 400);
    return (error as Error).message;
  }
  return 'none';
}

describe('readSubprotocols', () => {
  it('lists what is offered, in its order', () => {
    expect(readSubprotocols(undefined)).toEqual([]);
    expect(readSubprotocols('json, chat.v2')).toEqual(['json', 'chat.v2']);
    expect(readSubprotocols(' \tjson\t ,  chat ')).toEqual(['json', 'chat']);
  });

  it('takes 100 of them and refuses 101', () => {
    expect(readSubprotocols(names(100).join())).toHaveLength(100);
    expect(problemOf(names(101).join())).toBe('expected 100 subprotocols at most');
  });

  // An engine that went back to try again would need minutes for these.
  it.each([
    ['spaces', ' '.repeat(3_000_000)],
    ['spaces inside', `a${' '.repeat(3_000_000)}b`],
    ['spaces before and after', `${' '.repeat(3_000_000)}a${' '.repeat(3_000_000)}`],
    ['tabs and commas', '\t,'.repeat(99) + '\t'.repeat(3_000_000)],
    ['a long name that is none', `${'a'.repeat(3_000_000)}\u00e9`],
    ['commas', ','.repeat(3_000_000)],
  ])('reads a long text of %s in one go', (_what, header) => {
    const problem = problemOf(header);
    expect(problem === 'none' || problem.startsWith('expected')).toBe(true);
  });
});
