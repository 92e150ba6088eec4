import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '@nest-channels/core';
import { Heartbeat } from '../../src/server/heartbeat.js';

function beating(): { clock: ManualClock; heartbeat: Heartbeat; checks: [number, boolean][] } {
  const clock = new ManualClock();
  const checks: [number, boolean][] = [];
  const connection = {
    check: (now: number, { afterStall }: { afterStall: boolean }) =>
      void checks.push([now, afterStall]),
  };
  const heartbeat = new Heartbeat(clock, () => [connection]);
  return { clock, heartbeat, checks };
}

describe('Heartbeat', () => {
  it('checks every connection once a second', () => {
    const { clock, heartbeat, checks } = beating();
    heartbeat.start();
    clock.advance(2_500);
    expect(checks).toEqual([
      [1_000, false],
      [2_000, false],
    ]);
    heartbeat.stop();
  });

  it('says when the process has stood still', () => {
    let now = 0;
    let beat = (): void => undefined;
    const clock = {
      now: () => now,
      setTimer: (callback: () => void) => {
        beat = callback;
        return { cancel: () => undefined };
      },
    };
    const stalls: boolean[] = [];
    const check = (_now: number, options: { afterStall: boolean }): void =>
      void stalls.push(options.afterStall);
    new Heartbeat(clock, () => [{ check }]).start();
    for (now of [1_000, 5_900, 95_000, 96_000]) beat();
    expect(stalls).toEqual([false, false, true, false]);
  });

  it('stops, and keeps no process alive', () => {
    const { clock, heartbeat, checks } = beating();
    heartbeat.start();
    expect(clock.timers).toBe(0);
    heartbeat.stop();
    clock.advance(5_000);
    expect(checks).toEqual([]);
  });
});
