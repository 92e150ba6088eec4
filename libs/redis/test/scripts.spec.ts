import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SCRIPTS } from '../src/scripts.js';
import { TestRedis } from './support/layers.js';

let redis: TestRedis;

beforeAll(async () => {
  redis = await TestRedis.start();
});
afterAll(() => redis.stop());

describe('a script', () => {
  it('is known to Redis by the name we give it', async () => {
    const client = redis.client();
    for (const script of Object.values(SCRIPTS)) {
      expect(await client.script('LOAD', script.lua)).toBe(script.sha);
    }
  });
});
