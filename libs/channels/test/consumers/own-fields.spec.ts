import { describe, expect, it } from '@jest/globals';
import { fieldProblems } from '../../src/consumers/own-fields.js';

class Sample {
  readonly arrow = (): string => 'arrow';

  method(): string {
    return 'method';
  }
}

describe('fieldProblems', () => {
  it.each([
    ['arrow', 1],
    ['method', 0],
  ])('finds in %s %d', (name, count) => {
    expect(fieldProblems(new Sample(), name)).toHaveLength(count);
  });

  it('finds none where there is no instance yet', () => {
    expect(fieldProblems(undefined, 'arrow')).toEqual([]);
  });
});
