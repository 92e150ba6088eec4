import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '@nest-channels/core';
import * as fc from 'fast-check';

describe('ManualClock', () => {
  it('stands still until it is moved', () => {
    const clock = new ManualClock();
    const before = clock.now();
    expect(clock.now()).toBe(before);
    clock.advance(1_500);
    expect(clock.now() - before).toBe(1_500);
    clock.advance(0.5);
    expect(clock.now() - before).toBe(1_500.5);
  });

  it('fires timers in the order they are due, whatever the order they were set in', () => {
    const clock = new ManualClock();
    const fired: number[] = [];
    for (const due of [30, 10, 20]) clock.setTimer(() => fired.push(due), due);
    clock.advance(30);
    expect(fired).toEqual([10, 20, 30]);
  });

  it('fires timers that are due together in the order they were set', () => {
    const clock = new ManualClock();
    const fired: string[] = [];
    for (const name of ['a', 'b', 'c']) clock.setTimer(() => fired.push(name), 10);
    clock.advance(10);
    expect(fired).toEqual(['a', 'b', 'c']);
  });

  it('fires a timer at its time and not before', () => {
    const clock = new ManualClock();
    let calls = 0;
    clock.setTimer(() => calls++, 10);
    clock.advance(9);
    expect(calls).toBe(0);
    clock.advance(1);
    expect(calls).toBe(1);
  });

  it('fires a timer once', () => {
    const clock = new ManualClock();
    let calls = 0;
    clock.setTimer(() => calls++, 10);
    clock.advance(100);
    clock.advance(100);
    expect(calls).toBe(1);
  });

  it('shows a timer the time it was due at', () => {
    const clock = new ManualClock();
    const times: number[] = [];
    clock.setTimer(() => times.push(clock.now()), 10);
    clock.setTimer(() => times.push(clock.now()), 25);
    clock.advance(100);
    expect(times).toEqual([10, 25]);
    expect(clock.now()).toBe(100);
  });

  it('fires timers that a timer sets, if they are due by then', () => {
    const clock = new ManualClock();
    const times: number[] = [];
    const tick = (): void => {
      times.push(clock.now());
      clock.setTimer(tick, 10);
    };
    clock.setTimer(tick, 10);
    clock.advance(35);
    expect(times).toEqual([10, 20, 30]);
    expect(clock.timers).toBe(1);
  });

  it('does not fire timers that were taken back, by another timer either', () => {
    const clock = new ManualClock();
    const fired: string[] = [];
    const first = clock.setTimer(() => fired.push('first'), 10);
    clock.setTimer(() => third.cancel(), 15);
    const third = clock.setTimer(() => fired.push('third'), 20);
    first.cancel();
    clock.advance(100);
    expect(fired).toEqual([]);
  });

  it('counts the timers that are set', () => {
    const clock = new ManualClock();
    const timer = clock.setTimer(() => {}, 10);
    clock.setTimer(() => {}, 20);
    expect(clock.timers).toBe(2);
    timer.cancel();
    timer.cancel();
    expect(clock.timers).toBe(1);
    clock.advance(20);
    expect(clock.timers).toBe(0);
  });

  it('does not count timers in the background, and fires them all the same', () => {
    const clock = new ManualClock();
    let calls = 0;
    clock.setTimer(() => calls++, 10, { inBackground: true });
    expect(clock.timers).toBe(0);
    clock.setTimer(() => calls++, 20, { inBackground: false });
    expect(clock.timers).toBe(1);
    clock.advance(20);
    expect(calls).toBe(2);
  });

  it('never moves back, also when a timer moves it on', () => {
    const clock = new ManualClock();
    clock.setTimer(() => clock.advance(100), 10);
    clock.advance(20);
    expect(clock.now()).toBe(110);
  });

  it('fires the same timers at the same times in one step as in many', () => {
    const delays = fc.array(fc.nat(50), { maxLength: 10 });
    const steps = fc.array(fc.nat(20), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(delays, steps, (ms, advances) => {
        const firedBy = (moves: number[]): string[] => {
          const clock = new ManualClock();
          const fired: string[] = [];
          ms.forEach((delayMs, id) =>
            clock.setTimer(() => fired.push(`${id} at ${clock.now()}`), delayMs),
          );
          for (const move of moves) clock.advance(move);
          return fired;
        };
        const total = advances.reduce((sum, step) => sum + step, 0);
        expect(firedBy(advances)).toEqual(firedBy([total]));
      }),
    );
  });
});
