import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Liveness } from '../src/liveness.js';
import { SleepyClock } from './support/sleepy-clock.js';

let clock: SleepyClock;
let told: string[];

beforeEach(() => {
  clock = new SleepyClock();
  told = [];
});

afterEach(() => {
  expect(clock.timers).toBe(0);
});

function started(heartbeat?: { message: unknown; everyMs?: number }): Liveness {
  const connection = { ask: () => told.push('ask'), giveUp: () => told.push('give up') };
  const liveness = new Liveness(clock, { heartbeat, sleepMs: 60_000 }, connection);
  liveness.start();
  return liveness;
}

describe('Liveness without a heartbeat', () => {
  it('trusts a silent server', () => {
    const liveness = started();
    clock.advance(3_600_000);
    expect(told).toEqual([]);
    liveness.stop();
  });

  it('gives a connection up a second after a sleep of a minute', () => {
    const liveness = started();
    clock.sleep(60_000);
    clock.advance(5_999);
    expect(told).toEqual([]);
    liveness.heard();
    clock.advance(1);
    expect(told).toEqual(['give up']);
    liveness.stop();
  });

  it('goes on after a shorter one', () => {
    const liveness = started();
    clock.sleep(50_000);
    clock.advance(20_000);
    expect(told).toEqual([]);
    liveness.stop();
  });

  it('says nothing after it was stopped, doubting or not', () => {
    const liveness = started();
    liveness.doubt();
    liveness.stop();
    clock.sleep(60_000);
    clock.advance(60_000);
    liveness.doubt();
    expect(told).toEqual([]);
  });
});

describe('Liveness with a heartbeat', () => {
  it('asks a silent server, and gives up one that does not answer', () => {
    const liveness = started({ message: 'ping' });
    clock.advance(30_000);
    expect(told).toEqual(['ask']);
    clock.advance(9_999);
    expect(told).toEqual(['ask']);
    clock.advance(1);
    expect(told).toEqual(['ask', 'give up']);
    liveness.stop();
  });

  it('trusts it again when it answers, and asks none that speaks', () => {
    const liveness = started({ message: 'ping' });
    clock.advance(30_000);
    liveness.heard();
    clock.advance(20_000);
    liveness.heard();
    clock.advance(29_000);
    expect(told).toEqual(['ask']);
    liveness.stop();
  });

  it('asks at once after a sleep', () => {
    const liveness = started({ message: 'ping', everyMs: 600_000 });
    clock.sleep(60_000);
    clock.advance(5_000);
    expect(told).toEqual(['ask']);
    liveness.stop();
  });
});
