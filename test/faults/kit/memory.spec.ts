import { describe, expect, it } from '@jest/globals';
import { heldBytes } from './memory.js';

const MIB = 1_048_576;

describe('the memory that a process holds', () => {
  it('has in it what is still used, and not what was let go', () => {
    const before = heldBytes();
    const kept = [Array.from({ length: 4 * MIB }, (_, index) => index / 2)];
    expect(heldBytes() - before).toBeGreaterThan(31 * MIB);
    kept.pop();
    expect(heldBytes() - before).toBeLessThan(16 * MIB);
  });
});
