import { describe, expect, it } from '@jest/globals';
import { turn, untilQuiet } from '../src/quiet.js';

const { signal } = new AbortController();

describe('untilQuiet', () => {
  it('waits while something happens', async () => {
    let mark = 0;
    const counting = { isBusy: () => false, mark: () => (mark < 10 ? ++mark : mark) };
    await untilQuiet([counting], signal);
    expect(mark).toBe(10);
  });

  it('waits while something runs, although nothing happens', async () => {
    let turns = 0;
    await untilQuiet([{ isBusy: () => ++turns < 50, mark: () => 0 }], signal);
    expect(turns).toBeGreaterThanOrEqual(50);
  });

  it('stops waiting when it is told to', async () => {
    const stop = new AbortController();
    const waiting = untilQuiet([{ isBusy: () => true, mark: () => 0 }], stop.signal);
    await turn();
    stop.abort();
    expect(await waiting).toBeUndefined();
  });
});
