import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ManualClock, Message } from '@nest-channels/core';
import { TaskTimeoutExceeded } from '../../src/errors.js';
import { type Run, Runs } from '../../src/worker/runs.js';
import { deferred } from '../support/deferred.js';

let clock: ManualClock;
let runs: Runs;
let delays: number[];

beforeEach(() => {
  clock = new ManualClock();
  runs = new Runs(clock, 1_000);
  delays = [];
  const setTimer = clock.setTimer.bind(clock);
  jest.spyOn(clock, 'setTimer').mockImplementation((callback, delayMs, options) => {
    delays.push(delayMs);
    expect(options).toEqual({ inBackground: true });
    return setTimer(callback, delayMs, options);
  });
});

/** Begins a run that ends when the test says so. */
function begin(channel = 'websocket.receive', timeoutMs?: number) {
  const gate = deferred<string>();
  const handler = { label: 'Test.run', run: () => gate.promise, timeoutMs };
  const run = runs.begin({ handler, message: new Message({ channel, content: {} }), attempt: 1 });
  return { run, result: run.result(), end: () => gate.resolve('done') };
}

describe('Runs', () => {
  it('pass on what a handler returns in time', async () => {
    const { result, end } = begin();
    clock.advance(999);
    end();
    expect(await result).toBe('done');
  });

  it('give a handler up that takes longer, and let it end as it likes', async () => {
    const { result, end } = begin();
    clock.advance(1_000);
    await expect(result).rejects.toThrow(TaskTimeoutExceeded);
    end();
  });

  it.each([
    ['jobs', undefined],
    ['jobs', Infinity],
    ['websocket.connect', Infinity],
  ])('give no handler of %s up whose timeout is %p', async (channel, timeoutMs) => {
    const { result, end } = begin(channel, timeoutMs);
    expect(delays).toEqual([]);
    clock.advance(1_000_000);
    end();
    expect(await result).toBe('done');
  });

  it('give a handler up after the time of its own, on any channel', async () => {
    const { result } = begin('jobs', 50);
    clock.advance(50);
    await expect(result).rejects.toMatchObject({ handler: 'Test.run', timeoutMs: 50 });
  });

  it('set a timer for the earliest deadline only, however many run', async () => {
    const all = [begin(), begin(), begin('jobs', 5_000), begin('jobs', 10)];
    expect(delays.splice(0)).toEqual([1_000, 10]);
    clock.advance(10);
    await expect(all[3].result).rejects.toThrow(TaskTimeoutExceeded);
    expect(delays).toEqual([990]);
    runs.end(all[3].run);
    clock.advance(990);
    await expect(all[0].result).rejects.toThrow(TaskTimeoutExceeded);
    await expect(all[1].result).rejects.toThrow(TaskTimeoutExceeded);
    for (const { run } of all.slice(0, 2)) runs.end(run);
    clock.advance(4_000);
    await expect(all[2].result).rejects.toThrow(TaskTimeoutExceeded);
  });

  it('set no timer again when nothing runs at a deadline', () => {
    runs.end(begin().run);
    clock.advance(1_000);
    expect(delays).toEqual([1_000]);
  });

  it('know what runs, and for how long', () => {
    const { run } = begin('jobs');
    clock.advance(7);
    expect([runs.describe(), run.durationMs]).toEqual([['Test.run on jobs'], 7]);
    runs.end(run);
    expect(runs.describe()).toEqual([]);
  });

  it('give nothing up any more when they are closed', async () => {
    const { result, end } = begin();
    runs.close();
    const later: Run = begin().run;
    clock.advance(10_000);
    expect(later.durationMs).toBe(10_000);
    end();
    expect(await result).toBe('done');
  });
});
