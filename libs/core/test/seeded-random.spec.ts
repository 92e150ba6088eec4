import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '../src/index.js';

const numbers = (seed: number): number[] => Array.from({ length: 1_000 }, seededRandom(seed));

describe('seededRandom', () => {
  it('gives the same numbers for the same seed, and others for another', () => {
    expect(numbers(7)).toEqual(numbers(7));
    expect(numbers(7)).not.toEqual(numbers(8));
  });

  it('scatters them from 0 up to 1', () => {
    const all = numbers(1);
    expect(all.every((each) => each >= 0 && each < 1)).toBe(true);
    const below = all.filter((each) => each < 0.5).length;
    expect(below).toBeGreaterThan(400);
    expect(below).toBeLessThan(600);
  });
});
