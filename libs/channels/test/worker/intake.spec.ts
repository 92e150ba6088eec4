import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { LayerUnavailable, ManualClock, type Received } from '@nest-channels/core';
import { Intake, type IntakeHost } from '../../src/worker/intake.js';
import { Slots } from '../../src/worker/slots.js';
import type { Task } from '../../src/worker/task.js';
import { FaultyLayer } from '../support/faulty-layer.js';
import { settled } from '../support/settled.js';

let clock: ManualClock;
let layer: FaultyLayer;
let slots: Slots;
let hasRoom: boolean;
let accepted: unknown[];
let started: Task[];
let failures: unknown[];
let stopping: AbortController;
let intake: Intake;
let loop: Promise<unknown>;

beforeEach(() => {
  clock = new ManualClock();
  layer = new FaultyLayer(clock);
  slots = new Slots(2);
  hasRoom = true;
  [accepted, started, failures] = [[], [], []];
  stopping = new AbortController();
  intake = new Intake(host(), { channels: ['jobs'], prefetch: 3 });
  loop = Promise.resolve();
});
afterEach(async () => {
  stopping.abort();
  await loop;
  expect(clock.timers).toBe(0);
});

/** Accepts by queueing: as where all slots are taken. */
function host(): IntakeHost {
  return {
    layer,
    slots,
    clock,
    get hasRoom() {
      return hasRoom;
    },
    accept({ content }: Received, queue: Intake) {
      accepted.push(content['n']);
      queue.push({ channel: 'jobs', content, lane: undefined, queue, attempt: 1 });
    },
    start: (task) => void started.push(task),
    receiveFailed: (error) => void failures.push(error),
  };
}

async function send(count: number): Promise<void> {
  for (let n = 1; n <= count; n++) await layer.send('jobs', { n });
}

describe('Intake', () => {
  it('receives until as much waits as it may receive ahead', async () => {
    await send(5);
    loop = intake.run(stopping.signal);
    await settled();
    expect([accepted, intake.waiting]).toEqual([[1, 2, 3], 3]);
  });

  it('goes on receiving when one has started', async () => {
    await send(5);
    loop = intake.run(stopping.signal);
    await settled();
    intake.startNext();
    await settled();
    expect(started.map(({ content }) => content['n'])).toEqual([1]);
    expect(accepted.slice(0, 4)).toEqual([1, 2, 3, 4]);
  });

  it('lines up for slots once, with the first that waits', async () => {
    while (slots.tryTake());
    await send(3);
    loop = intake.run(stopping.signal);
    await settled();
    for (let turn = 0; turn < 3; turn++) slots.release();
    expect(started).toHaveLength(3);
    expect(slots.isContended).toBe(false);
  });

  it('reads nothing while its host has no room, until it is told to look', async () => {
    hasRoom = false;
    await send(1);
    loop = intake.run(stopping.signal);
    await settled();
    expect(layer.receives.size).toBe(0);
    intake.lookForRoom();
    await settled();
    expect(layer.receives.size).toBe(0);
    hasRoom = true;
    intake.lookForRoom();
    await settled();
    expect(accepted).toEqual([1]);
  });

  it('asks for as many as there are free slots, at least', async () => {
    slots = new Slots(50);
    intake = new Intake(host(), { channels: ['jobs'], prefetch: 3 });
    loop = intake.run(stopping.signal);
    await settled();
    expect(layer.maxima).toEqual([50]);
  });

  it('reports a layer that fails and tries it again after a second', async () => {
    const error = new LayerUnavailable('no layer');
    layer.faults.receive = () => Promise.reject(error);
    loop = intake.run(stopping.signal);
    await settled();
    expect(failures).toEqual([error]);
    clock.advance(1_000);
    await settled();
    await settled();
    expect(failures).toEqual([error, error]);
  });

  it('drains what waits in its channels', async () => {
    await send(2);
    expect(await intake.drain(stopping.signal)).toBe(2);
    expect(await intake.drain(stopping.signal)).toBe(0);
  });

  it('ends at once while it waits for room', async () => {
    hasRoom = false;
    loop = intake.run(stopping.signal);
    await settled();
    stopping.abort();
    await loop;
    expect(layer.receives.size).toBe(0);
  });

  it('forgets what waits when it is cleared, and counts it', async () => {
    await send(2);
    await intake.drain(stopping.signal);
    expect([intake.clear(), intake.waiting]).toEqual([2, 0]);
  });
});
