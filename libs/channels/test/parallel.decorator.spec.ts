import { describe, expect, it } from '@jest/globals';
import { InvalidConfiguration } from '../src/errors.js';
import { Parallel, parallelOf } from '../src/parallel.decorator.js';

class Sample {
  @Parallel(3)
  three(): void {}

  @Parallel(Infinity)
  all(): void {}

  one(): void {}
}

describe('@Parallel', () => {
  it('notes the limit of a method', () => {
    const limits = ['three', 'all', 'one'].map((name) => parallelOf(Sample.prototype, name));
    expect(limits).toEqual([3, Infinity, undefined]);
  });

  it.each([0, -1, 1.5, NaN])('refuses %p', (limit) => {
    expect(() => Parallel(limit)).toThrow(InvalidConfiguration);
  });
});
