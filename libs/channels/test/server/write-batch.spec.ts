import { describe, expect, it } from '@jest/globals';
import { WriteBatch } from '../../src/server/write-batch.js';
import { settled } from '../support/settled.js';

describe('WriteBatch', () => {
  it('flushes what was added when the turn is over, in its order', async () => {
    const batch = new WriteBatch();
    const flushed: string[] = [];
    for (const name of ['a', 'b']) batch.add({ flush: () => flushed.push(name) });
    expect(flushed).toEqual([]);
    await settled();
    expect(flushed).toEqual(['a', 'b']);
  });

  it('flushes what is added while it flushes too', async () => {
    const batch = new WriteBatch();
    const flushed: string[] = [];
    const second = { flush: () => flushed.push('second') };
    batch.add({ flush: () => batch.add(second) });
    await settled();
    expect(flushed).toEqual(['second']);
  });

  it('flushes each once', async () => {
    const batch = new WriteBatch();
    let count = 0;
    batch.add({ flush: () => void count++ });
    await settled();
    batch.add({ flush: () => undefined });
    await settled();
    expect(count).toBe(1);
  });
});
