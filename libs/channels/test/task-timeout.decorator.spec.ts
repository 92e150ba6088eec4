import { describe, expect, it } from '@jest/globals';
import { InvalidConfiguration, TaskTimeout } from 'nest-channels';
import { taskTimeoutOf } from '../src/task-timeout.decorator.js';

class Thumbnails {
  @TaskTimeout(5_000)
  make() {}

  @TaskTimeout(Infinity)
  makeAll() {}

  forget() {}
}

describe('@TaskTimeout', () => {
  it.each([
    ['make', 5_000],
    ['makeAll', Infinity],
    ['forget', undefined],
  ])('gives %s the timeout %p', (method, timeoutMs) => {
    expect(taskTimeoutOf(Thumbnails.prototype, method)).toBe(timeoutMs);
  });

  it.each([0, -1, Number.NaN])('refuses %p', (timeoutMs) => {
    expect(() => TaskTimeout(timeoutMs)).toThrow(InvalidConfiguration);
  });
});
