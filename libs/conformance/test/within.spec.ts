import { describe, expect, it } from '@jest/globals';
import { within } from '../src/within.js';

describe('within', () => {
  it('returns what the work returns', async () => {
    await expect(within(1_000, 'it ends', async () => 1)).resolves.toBe(1);
  });

  it('throws what the work throws', async () => {
    const failing = within(1_000, 'it ends', () => Promise.reject(new Error('no')));
    await expect(failing).rejects.toThrow('no');
  });

  it('fails with what it waited for, and aborts', async () => {
    let given: AbortSignal | undefined;
    const never = within(1, 'a message comes', (signal) => {
      given = signal;
      return new Promise(() => undefined);
    });
    await expect(never).rejects.toThrow('a message comes within 1 ms');
    expect(given?.aborted).toBe(true);
  });
});
