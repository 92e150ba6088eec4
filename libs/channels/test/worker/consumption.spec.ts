import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type Content,
  LayerUnavailable,
  ManualClock,
  route,
  Router,
  SendScopes,
} from '@nest-channels/core';
import { Logger } from '@nestjs/common';
import { Answers } from '../../src/answers.js';
import { Dispatcher } from '../../src/dispatcher.js';
import { ConsumeLater } from '../../src/control-flow.js';
import { Consumption } from '../../src/worker/consumption.js';
import { Journal } from '../../src/worker/journal.js';
import { Runs } from '../../src/worker/runs.js';
import { WorkerEvents } from '../../src/worker/worker-events.js';
import { Slots } from '../../src/worker/slots.js';
import { deferred } from '../support/deferred.js';
import { FaultyLayer } from '../support/faulty-layer.js';
import { Inbox } from '../support/inbox.js';
import type { LogRecorder } from '../support/log-recorder.js';
import { waitingContents } from '../support/reading.js';
import { recordLogs } from '../support/recorded-logs.js';
import { settled } from '../support/settled.js';

/** Are read together; `slow` is read on its own. */
const CHANNELS = ['jobs', 'mail', 'box.test!'];

/** Is a message that is being handled until the test ends it. */
interface Job {
  readonly channel: string;
  readonly content: Content;
  end(): void;
}

let clock: ManualClock;
let layer: FaultyLayer;
let logs: LogRecorder;
let slots: Slots;
let consumed: Consumption;
let jobs: Inbox<Job>;
let running: Set<Job>;
let postponed: Set<Content>;
let stopping: AbortController;
let loops: Promise<unknown>[];

beforeEach(() => {
  clock = new ManualClock();
  layer = new FaultyLayer(clock);
  logs = recordLogs();
  jobs = new Inbox();
  running = new Set();
  postponed = new Set();
  stopping = new AbortController();
  loops = [];
});

afterEach(async () => {
  stopping.abort();
  while (running.size > 0) {
    for (const job of running) job.end();
    await settled();
    clock.advance(1_000);
  }
  consumed.abandon();
  await Promise.all(loops);
  expect(clock.timers).toBe(0);
});

function consumption(concurrency = 10, options: Partial<Options> = {}): Consumption {
  const { on = layer, shared = new Slots(concurrency), prefetch = 1 } = options;
  slots = shared;
  consumed = new Consumption({
    layer: on,
    intakes: [
      { channels: CHANNELS, prefetch },
      { channels: ['slow'], prefetch: 1 },
    ],
    dispatcher: dispatcher(on),
    slots,
    concurrency,
    clock,
    logger: new Logger('Worker'),
  });
  return consumed;
}

interface Options {
  readonly on: FaultyLayer;
  readonly shared: Slots;
  readonly prefetch: number;
}

function dispatcher(on: FaultyLayer): Dispatcher {
  const router = new Router([route(['jobs', 'mail', 'slow'], { label: 'Test.run', run: handle })]);
  return new Dispatcher({
    layer: on,
    router,
    scopes: new SendScopes(clock),
    answers: new Answers(router, { unrouted: 'deny', onError: 'keep' }),
    runs: new Runs(clock, 60_000),
    journal: new Journal(new WorkerEvents()),
  });
}

async function handle({ channel, content }: { channel: string; content: Content }): Promise<void> {
  // A message that is handled without a wait, in some milliseconds.
  if (typeof content['takesMs'] === 'number') return clock.advance(content['takesMs']);
  const gate = deferred();
  const job = { channel, content, end: () => gate.resolve() };
  running.add(job);
  jobs.push(job);
  await gate.promise;
  running.delete(job);
  if (content['fails']) throw new Error('failed');
  const isFirst = !postponed.has(content);
  postponed.add(content);
  if (typeof content['laterMs'] === 'number' && (isFirst || !content['once']))
    throw new ConsumeLater({ delayMs: content['laterMs'] });
}

function run(concurrency?: number, options?: Partial<Options>): void {
  loops.push(consumption(concurrency, options).run(stopping.signal));
}

/** Drains and keeps the promise, for the end of the test to wait for. */
function drain(each: Consumption): Promise<number> {
  const drained = each.drain(stopping.signal);
  loops.push(drained);
  return drained;
}

async function send(channel: string, ...contents: Content[]): Promise<void> {
  for (const content of contents) await layer.send(channel, content);
}

const numbers = (count: number): Content[] =>
  Array.from({ length: count }, (_, index) => ({ n: index + 1 }));

/** Lists the numbers of the messages that have begun and were not looked at. */
async function begun(): Promise<unknown[]> {
  await settled();
  return (await jobs.take(jobs.size)).map(({ content }) => content['n']);
}

describe('Consumption', () => {
  describe('when it runs', () => {
    it('reads its channels and dispatches what comes, side by side', async () => {
      run();
      expect(await layer.receives.next()).toEqual(CHANNELS);
      await send('jobs', { n: 1 });
      await send('mail', { n: 2 });
      await send('jobs', { n: 3 });
      const started = await jobs.take(3);
      expect(started.map(({ channel, content }) => [channel, content['n']])).toEqual([
        ['jobs', 1],
        ['mail', 2],
        ['jobs', 3],
      ]);
      expect(slots.free).toBe(7);
    });

    it('takes no more than it has free slots and may receive ahead, and the next in time', async () => {
      await send('jobs', ...numbers(6));
      run(2);
      const [one, two] = await jobs.take(2);
      expect(await begun()).toEqual([]);
      expect(layer.statistics().messagesPending).toBe(3);
      two.end();
      expect(await begun()).toEqual([3]);
      expect(layer.statistics().messagesPending).toBe(2);
      one.end();
      expect(await begun()).toEqual([4]);
    });

    it('receives ahead up to its prefetch', async () => {
      await send('jobs', ...numbers(20));
      run(2, { prefetch: 5 });
      await jobs.take(2);
      expect(await begun()).toEqual([]);
      expect(layer.statistics().messagesPending).toBe(13);
      expect(consumed.open).toBe(7);
    });

    it('gives each intake its turn, however much waits in the other', async () => {
      await send('jobs', ...numbers(10));
      run(1, { prefetch: 10 });
      await settled();
      await send('slow', { n: 'slow' });
      await settled();
      const order: unknown[] = [];
      for (let turn = 0; turn < 4; turn++) {
        const job = await jobs.next();
        order.push(job.content['n']);
        job.end();
      }
      expect(order).toEqual([1, 2, 'slow', 3]);
    });

    it('gives the lanes of an intake their turns, however much waits in one of them', async () => {
      const flood = { reply_channel: 'server.test!flood' };
      await send('jobs', ...numbers(10).map((content) => ({ ...content, ...flood })));
      run(1, { prefetch: 10 });
      await settled();
      await send('jobs', { n: 'other', reply_channel: 'server.test!other' });
      await settled();
      const order: unknown[] = [];
      for (let turn = 0; turn < 4; turn++) {
        const job = await jobs.next();
        order.push(job.content['n']);
        job.end();
        await settled();
      }
      expect(order).toEqual([1, 'other', 2, 3]);
    });

    it('is not kept from others by a lane that waits for a handler that hangs', async () => {
      const flood = { reply_channel: 'server.test!flood' };
      run(2);
      await send('jobs', ...numbers(60).map((content) => ({ ...content, ...flood })));
      await jobs.next();
      await send('jobs', { n: 'other' });
      expect((await jobs.next()).content['n']).toBe('other');
      expect([slots.taken, consumed.open]).toEqual([2, 61]);
    });

    it('keeps no more that cannot run than a window for each slot', async () => {
      const flood = { reply_channel: 'server.test!flood' };
      for (let n = 1; n <= 200; n++) await send('jobs', { n, ...flood });
      run(1);
      const job = await jobs.next();
      await settled();
      expect(consumed.open).toBe(65);
      job.end();
      await settled();
      expect(consumed.open).toBe(65);
    });

    it('keeps to the slots it shares with others that wait for the same one', async () => {
      const layers = [layer, new FaultyLayer(clock), new FaultyLayer(clock)];
      const shared = new Slots(1);
      for (const on of layers) loops.push(consumption(1, { on, shared }).run(stopping.signal));
      for (const each of layers) await each.send('jobs', {});
      for (let handled = 0; handled < 3; handled++) {
        const job = await jobs.next();
        await settled();
        expect(running.size).toBe(1);
        job.end();
      }
    });

    it('dispatches the messages of one reply channel in turn, also from several channels', async () => {
      const reply_channel = 'server.test!1';
      run();
      await send('jobs', { n: 1, reply_channel });
      await send('mail', { n: 2, reply_channel });
      await send('jobs', { n: 3, reply_channel });
      for (const n of [1, 2, 3]) {
        const job = await jobs.next();
        expect(job.content['n']).toBe(n);
        expect(await begun()).toEqual([]);
        job.end();
      }
    });

    it('goes on with a reply channel whose message failed', async () => {
      const reply_channel = 'server.test!1';
      run();
      await send('jobs', { n: 1, reply_channel, fails: true }, { n: 2, reply_channel });
      (await jobs.next()).end();
      expect((await jobs.next()).content['n']).toBe(2);
      expect(await logs.nextProblem()).toContain('Test.run on jobs failed: failed');
    });

    it('dispatches the messages of different reply channels side by side', async () => {
      run();
      for (let n = 1; n <= 3; n++) await send('jobs', { n, reply_channel: `server.test!${n}` });
      expect(await begun()).toEqual([1, 2, 3]);
    });

    it('dispatches messages whose reply channel is null side by side', async () => {
      run();
      for (const content of numbers(3)) await send('jobs', { ...content, reply_channel: null });
      expect(await begun()).toEqual([1, 2, 3]);
    });

    it('dispatches a group message once for each member it is for', async () => {
      run();
      for (const member of ['1', '2']) await layer.groupAdd('group', `box.test!${member}`);
      await layer.groupSend('group', {});
      expect([await logs.nextProblem(), await logs.nextProblem()]).toEqual([
        'No route matches box.test!1: dropped',
        'No route matches box.test!2: dropped',
      ]);
    });

    it('ends when it is told to, and leaves what comes then', async () => {
      run();
      await layer.receives.next();
      stopping.abort();
      await loops[0];
      await send('jobs', { n: 1 });
      expect(await begun()).toEqual([]);
      expect(await waitingContents(layer, 'jobs')).toEqual([{ n: 1 }]);
    });

    it('ends at once while all slots are taken, and has handled what it received', async () => {
      await send('jobs', ...numbers(3));
      run(1);
      const job = await jobs.next();
      await settled();
      stopping.abort();
      await loops[0];
      job.end();
      expect(await begun()).toEqual([2]);
      expect(await waitingContents(layer, 'jobs')).toEqual([{ n: 3 }]);
    });

    it('does nothing when it has been told to end before', async () => {
      stopping.abort();
      run();
      await loops[0];
      expect(layer.receives.size).toBe(0);
    });

    it('lets others have their turn while messages never cease', async () => {
      await send('jobs', ...Array.from({ length: 100 }, () => ({ takesMs: 1 })));
      run(1);
      await settled();
      expect(clock.now()).toBeGreaterThan(0);
      expect(clock.now()).toBeLessThan(30);
    });

    it('tries a failing layer again after a second, until it works', async () => {
      layer.faults.receive = () => Promise.reject(new LayerUnavailable('no layer'));
      run();
      expect(await logs.nextProblem()).toMatch(/^Cannot receive from the faulty layer: no layer/);
      clock.advance(999);
      await settled();
      expect(layer.receives.size).toBe(2);
      clock.advance(1);
      await logs.nextProblem();
      await settled();
      expect(layer.receives.size).toBe(4);
      delete layer.faults.receive;
      await send('jobs', { n: 1 });
      clock.advance(1_000);
      expect((await jobs.next()).content['n']).toBe(1);
      expect(logs.messages('error')).toHaveLength(2);
    });

    it('ends at once while it waits for a failing layer', async () => {
      layer.faults.receive = () => Promise.reject(new LayerUnavailable('no layer'));
      run();
      await logs.nextProblem();
      expect(clock.timers).toBe(2);
      stopping.abort();
      await loops[0];
      expect(clock.timers).toBe(0);
      expect(layer.receives.size).toBe(2);
    });
  });

  describe('when it drains', () => {
    it('dispatches what waits, and returns how much that was', async () => {
      await send('jobs', ...numbers(3));
      await send('mail', { n: 4 });
      expect(await drain(consumption())).toBe(4);
      expect(await begun()).toEqual([1, 2, 3, 4]);
    });

    it('returns 0 at once when nothing waits', async () => {
      expect(await drain(consumption())).toBe(0);
      await send('jobs', { n: 1 });
      expect(await begun()).toEqual([]);
    });

    it('takes more than it has slots, each as one is free', async () => {
      await send('jobs', ...numbers(4));
      const drained = drain(consumption(2));
      for (const n of [1, 2, 3, 4]) {
        const job = await jobs.next();
        expect(job.content['n']).toBe(n);
        expect(running.size).toBeLessThanOrEqual(2);
        job.end();
      }
      expect(await drained).toBe(4);
    });

    it('takes what comes while it drains', async () => {
      await send('jobs', ...numbers(2));
      const drained = drain(consumption(1));
      const job = await jobs.next();
      // The second waits for a slot, and so the drain for room.
      await settled();
      await send('jobs', { n: 3 });
      job.end();
      for (const n of [2, 3]) {
        const next = await jobs.next();
        expect(next.content['n']).toBe(n);
        next.end();
      }
      expect(await drained).toBe(3);
    });

    it('lets others have their turn while messages never cease', async () => {
      await send('jobs', ...Array.from({ length: 100 }, () => ({ takesMs: 1 })));
      const drained = drain(consumption(1));
      await settled();
      expect(clock.now()).toBeGreaterThan(0);
      expect(clock.now()).toBeLessThan(30);
      expect(await drained).toBe(100);
    });

    it('keeps the order of a reply channel', async () => {
      const reply_channel = 'server.test!1';
      for (const content of numbers(3)) await send('jobs', { ...content, reply_channel });
      expect(await drain(consumption())).toBe(3);
      for (const n of [1, 2, 3]) {
        const job = await jobs.next();
        expect(job.content['n']).toBe(n);
        expect(await begun()).toEqual([]);
        job.end();
      }
    });

    it('gives up a layer that fails, at once', async () => {
      layer.faults.receive = () => Promise.reject(new LayerUnavailable('no layer'));
      expect(await drain(consumption())).toBe(0);
      expect(logs.messages('error')).toHaveLength(1);
      expect(clock.timers).toBe(0);
    });

    it('takes nothing when it has been told to end', async () => {
      await send('jobs', { n: 1 });
      stopping.abort();
      expect(await drain(consumption())).toBe(0);
      expect(await waitingContents(layer, 'jobs')).toEqual([{ n: 1 }]);
    });

    it('takes nothing more when it is told to end while all slots are taken', async () => {
      await send('jobs', ...numbers(3));
      const drained = drain(consumption(1));
      const job = await jobs.next();
      await settled();
      stopping.abort();
      job.end();
      expect(await drained).toBe(2);
      expect(await waitingContents(layer, 'jobs')).toEqual([{ n: 3 }]);
    });
  });

  describe('with messages that are to be consumed later', () => {
    it('handles one again after its delay, without a slot meanwhile', async () => {
      run(1);
      await send('jobs', { n: 1, laterMs: 50 });
      (await jobs.next()).end();
      await settled();
      expect([slots.taken, consumed.open]).toEqual([0, 1]);
      clock.advance(49);
      expect(await begun()).toEqual([]);
      clock.advance(1);
      expect(await begun()).toEqual([1]);
    });

    it('goes on with other messages of its channel', async () => {
      run(1);
      await send('jobs', { n: 1, laterMs: 50 }, { n: 2 });
      (await jobs.next()).end();
      expect((await jobs.next()).content['n']).toBe(2);
    });

    it('has the others of its lane wait behind it', async () => {
      const lane = { reply_channel: 'server.test!1' };
      run();
      await send('jobs', { n: 1, laterMs: 50, ...lane }, { n: 2, ...lane });
      (await jobs.next()).end();
      expect(await begun()).toEqual([]);
      clock.advance(50);
      expect((await jobs.next()).content['n']).toBe(1);
      expect(await begun()).toEqual([]);
    });

    it('drops it after eleven runs and goes on with its lane', async () => {
      const lane = { reply_channel: 'server.test!1' };
      run();
      await send('jobs', { n: 1, laterMs: 50, ...lane }, { n: 2, ...lane });
      for (let runs = 1; runs <= 11; runs++) {
        const job = await jobs.next();
        expect(job.content['n']).toBe(1);
        job.end();
        await settled();
        clock.advance(50);
      }
      expect((await jobs.next()).content['n']).toBe(2);
      expect(logs.messages('warn')).toHaveLength(1);
    });

    it('reads no more when too many are postponed, and again when they were handled', async () => {
      const many = Array.from({ length: 70 }, (_, n) => ({ n, laterMs: 50, once: true }));
      await send('jobs', ...many);
      run(1);
      for (let n = 0; n < 64; n++) (await jobs.next()).end();
      await settled();
      const pending = layer.statistics().messagesPending;
      expect(pending).toBeGreaterThan(0);
      clock.advance(50);
      while (layer.statistics().messagesPending > 0) (await jobs.next()).end();
    });
  });

  describe('when it is abandoned', () => {
    it('starts nothing any more, and returns how much that would have been', async () => {
      const lane = { reply_channel: 'server.test!1' };
      run(2);
      await send('jobs', { n: 1, laterMs: 50 });
      (await jobs.next()).end();
      await send('jobs', { n: 2, ...lane }, { n: 3, ...lane }, { n: 4 }, { n: 5 });
      const [two, four] = await jobs.take(2);
      await settled();
      stopping.abort();
      expect(consumed.abandon()).toBe(3);
      expect(consumed.open).toBe(2);
      two.end();
      four.end();
      expect(await begun()).toEqual([]);
      expect([consumed.open, slots.taken, clock.timers]).toEqual([0, 0, 0]);
    });
  });
});
