import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '@nest-channels/core';
import { ServerTime } from '../src/server-time.js';

describe('the time of the server', () => {
  it('is long ago until it was told once, so that nothing is over', () => {
    expect(new ServerTime(new ManualClock()).now()).toBe(-Infinity);
  });

  it('goes on with the clock, and follows the answer that came fastest', () => {
    const clock = new ManualClock();
    const time = new ServerTime(clock);
    time.learn(1_000);
    clock.advance(50);
    expect(time.now()).toBe(1_050);
    time.learn(1_040);
    expect(time.now()).toBe(1_050);
    time.learn(1_060);
    expect(time.now()).toBe(1_060);
  });

  it('starts anew when it is told to forget', () => {
    const time = new ServerTime(new ManualClock());
    time.learn(5_000);
    time.forget();
    time.learn(1_000);
    expect(time.now()).toBe(1_000);
  });
});
