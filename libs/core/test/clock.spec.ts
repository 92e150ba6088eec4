import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { delay, ManualClock, systemClock } from '@nest-channels/core';
import { settled } from './support/settled.js';

describe('delay', () => {
  it('resolves when its time is over and not before', async () => {
    const clock = new ManualClock();
    let isOver = false;
    const over = delay(clock, 200).then(() => (isOver = true));
    clock.advance(199);
    await settled();
    expect(isOver).toBe(false);
    clock.advance(1);
    await over;
    expect(clock.timers).toBe(0);
  });

  it('resolves at once and sets no timer when the signal has aborted', async () => {
    const clock = new ManualClock();
    const over = delay(clock, 200, AbortSignal.abort());
    expect(clock.timers).toBe(0);
    await over;
    expect(clock.now()).toBe(0);
  });

  it('resolves and takes its timer back when the signal aborts', async () => {
    const clock = new ManualClock();
    const controller = new AbortController();
    const over = delay(clock, 200, controller.signal);
    expect(clock.timers).toBe(1);
    controller.abort();
    await over;
    expect(clock.timers).toBe(0);
    expect(clock.now()).toBe(0);
  });

  it.each([
    ['its time is over', (clock: ManualClock) => clock.advance(200)],
    ['its signal aborts', (_: ManualClock, controller: AbortController) => controller.abort()],
  ])('stops listening to the signal when %s', async (_, end) => {
    const clock = new ManualClock();
    const controller = new AbortController();
    const over = delay(clock, 200, controller.signal);
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1);
    end(clock, controller);
    await over;
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
  });

  it('resolves once time moves for a delay of nothing', async () => {
    const clock = new ManualClock();
    const over = delay(clock, 0);
    clock.advance(0);
    await over;
    expect(clock.timers).toBe(0);
  });
});

describe('systemClock', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('moves on with the time of the process', () => {
    const before = systemClock.now();
    jest.advanceTimersByTime(1_500);
    expect(systemClock.now() - before).toBe(1_500);
  });

  it('does not follow the wall clock', () => {
    const before = systemClock.now();
    jest.setSystemTime(0);
    expect(systemClock.now()).toBe(before);
  });

  it('calls back once, when the time is over', () => {
    let calls = 0;
    systemClock.setTimer(() => calls++, 200);
    jest.advanceTimersByTime(199);
    expect(calls).toBe(0);
    jest.advanceTimersByTime(1_000);
    expect(calls).toBe(1);
  });

  it.each([Infinity, 2 ** 31])('does not call back at once after %d ms', (delayMs) => {
    let calls = 0;
    systemClock.setTimer(() => calls++, delayMs);
    jest.advanceTimersByTime(2 ** 31 - 2);
    expect(calls).toBe(0);
  });

  it('does not call back after a timer was taken back', () => {
    let calls = 0;
    const timer = systemClock.setTimer(() => calls++, 200);
    timer.cancel();
    expect(jest.getTimerCount()).toBe(0);
    jest.advanceTimersByTime(1_000);
    expect(calls).toBe(0);
  });
});

describe('systemClock, in the background', () => {
  const timeouts = (): number =>
    process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;

  it('sets timers that keep no process alive', () => {
    const before = timeouts();
    const background = systemClock.setTimer(() => undefined, 60_000, { inBackground: true });
    expect(timeouts()).toBe(before);
    const foreground = systemClock.setTimer(() => undefined, 60_000, { inBackground: false });
    expect(timeouts()).toBe(before + 1);
    background.cancel();
    foreground.cancel();
    expect(timeouts()).toBe(before);
  });
});
