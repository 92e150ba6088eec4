import { describe, expect, it } from '@jest/globals';
import { Faults } from '../src/index.js';

describe('Faults', () => {
  it('tells listeners when layers come and go, until they stop listening', () => {
    const faults = new Faults();
    const seen: boolean[] = [];
    const stop = faults.listen(() => seen.push(faults.isDown));
    faults.down();
    faults.up();
    stop();
    faults.down();
    expect(seen).toEqual([true, false]);
  });
});
