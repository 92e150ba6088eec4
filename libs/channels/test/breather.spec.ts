import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '@nest-channels/core';
import { Breather } from '../src/breather.js';

/** Tells whether the event loop gets its turn while something is awaited. */
async function yieldsDuring(wait: () => Promise<void>): Promise<boolean> {
  let hasTurned = false;
  const turn = new Promise<void>((resolve) =>
    setImmediate(() => {
      hasTurned = true;
      resolve();
    }),
  );
  await wait();
  const answer = hasTurned;
  await turn;
  return answer;
}

describe('Breather', () => {
  it('keeps a loop going that has not held the event loop for long', async () => {
    const clock = new ManualClock();
    const breather = new Breather(clock);
    expect(await yieldsDuring(() => breather.breathe())).toBe(false);
    clock.advance(9);
    expect(await yieldsDuring(() => breather.breathe())).toBe(false);
  });

  it('yields to the event loop when it has been held for 10 ms', async () => {
    const clock = new ManualClock();
    clock.advance(1_000);
    const breather = new Breather(clock);
    clock.advance(10);
    expect(await yieldsDuring(() => breather.breathe())).toBe(true);
  });

  it('counts anew when it has yielded', async () => {
    const clock = new ManualClock();
    const breather = new Breather(clock);
    const yields: boolean[] = [];
    for (let round = 0; round < 8; round++) {
      clock.advance(5);
      yields.push(await yieldsDuring(() => breather.breathe()));
    }
    expect(yields).toEqual([false, true, false, true, false, true, false, true]);
  });

  it('counts from the end of its yield, however long the others took', async () => {
    const clock = new ManualClock();
    const breather = new Breather(clock);
    clock.advance(10);
    const breathed = breather.breathe();
    clock.advance(500);
    await breathed;
    clock.advance(9);
    expect(await yieldsDuring(() => breather.breathe())).toBe(false);
  });

  it('sets no timer', async () => {
    const clock = new ManualClock();
    const breather = new Breather(clock);
    clock.advance(10);
    const breathed = breather.breathe();
    expect(clock.timers).toBe(0);
    await breathed;
  });
});
