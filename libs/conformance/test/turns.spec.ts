import { describe, expect, it } from '@jest/globals';
import { turns } from '../src/turns.js';

describe('turns', () => {
  it('lets what is due happen first', async () => {
    const order: string[] = [];
    setImmediate(() => order.push('immediate'));
    void Promise.resolve().then(() => order.push('promise'));
    await turns();
    expect(order).toEqual(['promise', 'immediate']);
  });

  it('of none lets nothing but promises happen', async () => {
    let isLate = false;
    const immediate = setImmediate(() => (isLate = true));
    await turns(0);
    clearImmediate(immediate);
    expect(isLate).toBe(false);
  });
});
