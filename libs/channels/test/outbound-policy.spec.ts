import { describe, expect, it } from '@jest/globals';
import { coalesce } from '../src/outbound-policy.js';

describe('coalesce', () => {
  it('is a policy that knows the key of a frame', () => {
    const policy = coalesce((data) => (typeof data === 'string' ? data.split(' ')[0] : undefined));
    expect(policy.keyOf('EURUSD 1.08')).toBe('EURUSD');
    expect(policy.keyOf(Uint8Array.of(1))).toBeUndefined();
  });
});
