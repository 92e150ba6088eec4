import { describe, expect, it } from '@jest/globals';
import { TestTimeout } from '../src/index.js';
import { Patience } from '../src/patience.js';

const never = new Promise(() => undefined);

describe('patience', () => {
  it('ends as what is waited for', async () => {
    const patience = new Patience(1_000, () => '');
    expect(await patience.wait(Promise.resolve(7), 'seven')).toBe(7);
    await expect(patience.wait(Promise.reject(new Error('no')), 'seven')).rejects.toThrow('no');
  });

  it('is over when nothing happens', async () => {
    const patience = new Patience(1, () => 'the same');
    await expect(patience.wait(never, 'what never comes')).rejects.toThrow(TestTimeout);
    await expect(patience.wait(never, 'what never comes')).rejects.toThrow('what never comes');
  });

  it('lasts as long as something happens', async () => {
    let happened = 0;
    const patience = new Patience(1, () => String(Math.min(happened++, 5)));
    await expect(patience.wait(never, 'what never comes')).rejects.toThrow(TestTimeout);
    expect(happened).toBeGreaterThan(5);
  });

  it('is not lost while the process itself stands still', async () => {
    const patience = new Patience(20, () => 'the same');
    const sleeper = new Promise((resolve) => {
      setImmediate(() => {
        for (const end = performance.now() + 40; performance.now() < end;);
        setImmediate(resolve, 'awake');
      });
    });
    expect(await patience.wait(sleeper, 'the sleeper')).toBe('awake');
  });
});
