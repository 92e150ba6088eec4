import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { pack } from '../src/parcel.js';
import { BASE, COUNTS, PARCELS } from '../src/script-parts.js';
import { TestRedis } from './support/layers.js';

let redis: TestRedis;

beforeAll(async () => {
  redis = await TestRedis.start();
});
afterEach(() => redis.closeLayers());
afterAll(() => redis.stop());

describe('the parts of scripts', () => {
  it('read a parcel as it is packed here', async () => {
    const parcel = pack([
      { localPart: 'a', body: Buffer.from('first') },
      { localPart: '', body: Buffer.alloc(70_000, 'x') },
    ]);
    const walk = `
local read, at = {}, 1
while at <= #ARGV[1] do
  local local_part, body_at, body_end = next_in(ARGV[1], at)
  read[#read + 1] = local_part .. ':' .. string.sub(ARGV[1], body_at, body_end)
  at = body_end + 1
end
return read`;
    const read = await redis.client().eval(BASE + PARCELS + walk, 1, '{parts}:', parcel);
    expect(read).toEqual(['a:first', `:${'x'.repeat(70_000)}`]);
  });

  it('take no number for gone that was never sent, or that went before', async () => {
    const client = redis.client();
    const gone = (number: number): Promise<unknown> =>
      client.eval(`${BASE}${COUNTS}gone('a!', tonumber(ARGV[1]))`, 1, '{parts}:', number);
    await gone(7);
    expect(await client.exists('{parts}:n:a!')).toBe(0);
    await client.hset('{parts}:n:a!', { w: 10, r: 5 });
    for (const [number, after] of [
      [11, '5'],
      [4, '5'],
      [8, '8'],
    ] as const) {
      await gone(number);
      expect(await client.hget('{parts}:n:a!', 'r')).toBe(after);
    }
  });
});
