import { describe, expect, it } from '@jest/globals';
import { range } from '../src/range.js';

describe('range', () => {
  it('lists the integers from 0', () => {
    expect(range(3)).toEqual([0, 1, 2]);
    expect(range(0)).toEqual([]);
  });
});
