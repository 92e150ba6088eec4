import { describe, expect, it } from '@jest/globals';
import { LayerUnavailable } from '@nest-channels/core';
import {
  RedisOptionsInvalid,
  RedisRefused,
  RedisTooOld,
  RedisUnavailable,
} from '@nest-channels/redis';

describe('the errors of the Redis layer', () => {
  it.each([
    [new RedisOptionsInvalid('"url" is no URL'), 'CHANNELS_REDIS_OPTIONS_INVALID', '"url"'],
    [new RedisRefused('WRONGPASS'), 'CHANNELS_REDIS_REFUSED', 'WRONGPASS'],
    [new RedisTooOld('6.2.1'), 'CHANNELS_REDIS_TOO_OLD', '6.2.1'],
  ])('have a code and say what is wrong: %s', (error, code, part) => {
    expect(error.code).toBe(code);
    expect(error.message).toContain(part);
  });

  it('tell an outage as core does, and whether the request was carried out', () => {
    const error = new RedisUnavailable('no answer', 'unknown');
    expect(error).toBeInstanceOf(LayerUnavailable);
    expect(error.code).toBe('CHANNELS_LAYER_UNAVAILABLE');
    expect(error.executed).toBe('unknown');
    expect(error.message).toContain('may or may not');
    expect(new RedisUnavailable('closed', 'no').message).toContain('nothing was done');
  });
});
