import { describe, expect, it } from '@jest/globals';
import { CALL, CONTEXT, FRAME, SHAPE } from '../../src/consumers/consumer-context.js';

describe('the members of class-based consumers that are not for users', () => {
  it('cannot be met by a name', () => {
    const all = [CALL, CONTEXT, FRAME, SHAPE];
    expect(all.every((each) => typeof each === 'symbol')).toBe(true);
    expect(new Set(all).size).toBe(all.length);
  });
});
