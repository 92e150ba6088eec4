import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { coalesce } from '../../src/outbound-policy.js';
import { Backlog } from '../../src/server/backlog.js';
import { Frame } from '../../src/server/frame.js';

const byFirstWord = coalesce((data) =>
  typeof data === 'string' && data.includes(' ') ? data.split(' ')[0] : undefined,
);

const dataOf = (frames: readonly Frame[]): unknown[] => frames.map(({ data }) => data);

/** Adds texts; a text of n characters takes n + 2 bytes. */
function add(backlog: Backlog, ...texts: string[]): string[] {
  return texts.map((text) => backlog.add(new Frame(text), 0));
}

describe('Backlog', () => {
  it('gives frames back in their order, as many as reach a size', () => {
    const backlog = new Backlog({ maxBytes: 100, policy: 'close' });
    add(backlog, 'one', 'two', 'six');
    expect(dataOf(backlog.take(6))).toEqual(['one', 'two']);
    expect(backlog.isEmpty).toBe(false);
    expect(dataOf(backlog.take(Infinity))).toEqual(['six']);
    expect(backlog.isEmpty).toBe(true);
  });

  it('keeps as much as its limit, what waits elsewhere included', () => {
    const backlog = new Backlog({ maxBytes: 10, policy: 'close' });
    expect(backlog.add(new Frame('one'), 5)).toBe('kept');
    expect(backlog.add(new Frame('two'), 5)).toBe('exceeded');
    expect(backlog.add(new Frame('two'), 0)).toBe('kept');
    expect(backlog.add(new Frame(''), 0)).toBe('exceeded');
  });

  it('has room again for what was taken', () => {
    const backlog = new Backlog({ maxBytes: 5, policy: 'close' });
    expect(add(backlog, 'one', 'two')).toEqual(['kept', 'exceeded']);
    backlog.take(1);
    expect(add(backlog, 'two')).toEqual(['kept']);
  });

  it('drops what does not fit, when that is the policy', () => {
    const backlog = new Backlog({ maxBytes: 5, policy: 'drop' });
    expect(add(backlog, 'one', 'two')).toEqual(['kept', 'dropped']);
    expect(dataOf(backlog.take(Infinity))).toEqual(['one']);
  });

  describe('that coalesces', () => {
    it('keeps the latest frame of a key, where the latest came', () => {
      const backlog = new Backlog({ maxBytes: 100, policy: byFirstWord });
      add(backlog, 'a 1', 'b 1', 'alone', 'a 2', 'alone');
      expect(dataOf(backlog.take(Infinity))).toEqual(['b 1', 'alone', 'a 2', 'alone']);
    });

    it('counts a replaced frame no more', () => {
      const backlog = new Backlog({ maxBytes: 10, policy: byFirstWord });
      expect(add(backlog, 'a 1', 'a 2', 'a 3', 'b 1', 'c 1')).toEqual([
        'kept',
        'kept',
        'kept',
        'kept',
        'exceeded',
      ]);
    });
  });

  it('agrees with a list of frames, whatever is added and taken', () => {
    const texts = fc.constantFrom('a 1', 'a 22', 'b 1', 'b 333', 'plain', '');
    const step = fc.oneof(texts, fc.nat(20));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 50 }), fc.nat(60), (steps, maxBytes) => {
        const backlog = new Backlog({ maxBytes, policy: byFirstWord });
        let model: string[] = [];
        for (const next of steps) {
          if (typeof next === 'number') {
            const taken = dataOf(backlog.take(next)) as string[];
            expect(taken).toEqual(model.slice(0, taken.length));
            model = model.slice(taken.length);
          } else {
            model = model.filter((text) => !next.includes(' ') || text[0] !== next[0]);
            const size = [...model, next].reduce((sum, text) => sum + text.length + 2, 0);
            expect(add(backlog, next)).toEqual([size <= maxBytes ? 'kept' : 'exceeded']);
            if (size <= maxBytes) model.push(next);
          }
        }
        expect(dataOf(backlog.take(Infinity))).toEqual(model);
      }),
    );
  });
});
