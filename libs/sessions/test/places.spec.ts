import { describe, expect, it } from '@jest/globals';
import { Places } from '../src/places.js';

describe('places', () => {
  it('are taken by so many at once, then by those who waited, in their order', async () => {
    const places = new Places(2);
    const entered: string[] = [];
    const all = ['a', 'b', 'c', 'd'].map(async (name) => {
      await places.enter();
      entered.push(name);
    });
    await Promise.all(all.slice(0, 2));
    expect(entered).toEqual(['a', 'b']);
    places.leave();
    await all[2];
    expect(entered).toEqual(['a', 'b', 'c']);
    for (let left = 0; left < 3; left++) places.leave();
    await all[3];
    await places.enter();
    await places.enter();
    expect(entered).toHaveLength(4);
  });
});
