import { describe, expect, it } from '@jest/globals';
import { GroupEvictions } from '../src/group-evictions.js';
import { turnsUntil } from './support/turns.js';

const SLICE = 500;

function setUp() {
  const evicted: string[] = [];
  const evictions = new GroupEvictions((channel) => evicted.push(channel));
  return { evicted, evictions };
}

function names(count: number, prefix = 'c'): string[] {
  return Array.from({ length: count }, (_, id) => `${prefix}${id}`);
}

describe('GroupEvictions', () => {
  it('takes few channels out at once', () => {
    const { evicted, evictions } = setUp();
    evictions.add(['a', 'b']);
    evictions.add([]);
    evictions.add(['c']);
    expect(evicted).toEqual(['a', 'b', 'c']);
    expect(evictions.areUnderWay).toBe(false);
  });

  it('takes out each of many once, in their order, and says when it is done', async () => {
    const { evicted, evictions } = setUp();
    evictions.add(names(3 * SLICE));
    evictions.add(['last']);
    expect(evictions.areUnderWay).toBe(true);
    await evictions.finished();
    expect(evicted).toEqual([...names(3 * SLICE), 'last']);
    expect(evictions.areUnderWay).toBe(false);
  });

  it('leaves the event loop its turns, however the channels are bundled', async () => {
    const { evicted, evictions } = setUp();
    for (let bundle = 0; bundle < 100; bundle++) evictions.add(names(50));
    let before = evicted.length;
    expect(before).toBe(SLICE);
    await turnsUntil(evictions.finished(), () => {
      expect(evicted.length - before).toBeLessThanOrEqual(2 * SLICE);
      before = evicted.length;
    });
    expect(evicted).toHaveLength(5_000);
  });

  it('finishes with those that were added meanwhile', async () => {
    const { evicted, evictions } = setUp();
    evictions.add(names(SLICE + 1));
    const finished = evictions.finished();
    evictions.add(names(2 * SLICE, 'd'));
    await finished;
    expect(evicted).toHaveLength(3 * SLICE + 1);
  });

  it('lets go of all that is left when it is cleared, and goes on with new ones', async () => {
    const { evicted, evictions } = setUp();
    evictions.add(names(2 * SLICE));
    evictions.clear();
    evictions.add(['new']);
    await evictions.finished();
    expect(evicted).toEqual([...names(SLICE), 'new']);
    evictions.add(['at once']);
    expect(evicted.at(-1)).toBe('at once');
  });
});
