import { expect, it } from '@jest/globals';
import { until } from './until.js';

it('looks until it is so, and no more', async () => {
  let looks = 0;
  await until(() => Promise.resolve(++looks === 3));
  expect(looks).toBe(3);
});
