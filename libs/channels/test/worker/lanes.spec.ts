import { describe, expect, it } from '@jest/globals';
import { Lanes } from '../../src/worker/lanes.js';

describe('Lanes', () => {
  it('let one item into a free lane', () => {
    const lanes = new Lanes<string>();
    expect(lanes.enter('a', 'a1')).toBe(true);
    expect(lanes.waiting).toBe(0);
  });

  it('keep what comes for a taken lane, and return it in order', () => {
    const lanes = new Lanes<string>();
    for (const item of ['a1', 'a2', 'a3']) lanes.enter('a', item);
    expect(lanes.waiting).toBe(2);
    expect([lanes.leave('a'), lanes.leave('a'), lanes.leave('a')]).toEqual(['a2', 'a3', undefined]);
    expect(lanes.waiting).toBe(0);
  });

  it('keep lanes apart', () => {
    const lanes = new Lanes<string>();
    expect([lanes.enter('a', 'a1'), lanes.enter('b', 'b1'), lanes.enter('b', 'b2')]).toEqual([
      true,
      true,
      false,
    ]);
    expect(lanes.leave('a')).toBeUndefined();
    expect(lanes.leave('b')).toBe('b2');
  });

  it('free a lane when its last item has left it', () => {
    const lanes = new Lanes<string>();
    lanes.enter('a', 'a1');
    lanes.leave('a');
    expect(lanes.enter('a', 'a2')).toBe(true);
  });

  it('forget what waits when they are cleared, and count it', () => {
    const lanes = new Lanes<string>();
    for (const item of ['a1', 'a2', 'a3']) lanes.enter('a', item);
    expect([lanes.clear(), lanes.waiting, lanes.leave('a')]).toEqual([2, 0, undefined]);
  });
});
