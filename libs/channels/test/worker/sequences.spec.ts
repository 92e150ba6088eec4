import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '@nest-channels/core';
import * as fc from 'fast-check';
import { Sequences } from '../../src/worker/sequences.js';
import type { Task, TaskQueue } from '../../src/worker/task.js';

const LANE = 'mqtt.test!1';
const queue: TaskQueue = { waiting: 0, push: () => undefined, startNext: () => undefined };

let clock: ManualClock;
let sequences: Sequences;
let overdue: unknown[];

const taskOf = (order: number, channel = 'websocket.receive'): Task => {
  return { channel, content: { order }, lane: LANE, queue, attempt: 1 };
};
const ordersOf = (tasks: readonly Task[]): unknown[] =>
  tasks.map(({ content }) => content['order']);
const admit = (order: number, lane = LANE, channel?: string): unknown[] =>
  ordersOf(sequences.admit(lane, order, taskOf(order, channel)));

beforeEach(() => {
  clock = new ManualClock();
  overdue = [];
  sequences = new Sequences(clock, (tasks) => overdue.push(...ordersOf(tasks)));
});

afterEach(() => {
  sequences.clear();
  expect(clock.timers).toBe(0);
});

describe('Sequences', () => {
  it('lets messages through that come in order', () => {
    expect([admit(0), admit(1), admit(2)]).toEqual([[0], [1], [2]]);
    expect([sequences.parked, clock.timers]).toEqual([0, 0]);
  });

  it('parks those that come early until those before them have come', () => {
    expect([admit(2), admit(1), admit(4)]).toEqual([[], [], []]);
    expect(sequences.parked).toBe(3);
    expect(admit(0)).toEqual([0, 1, 2]);
    expect(sequences.parked).toBe(1);
    expect(admit(3)).toEqual([3, 4]);
  });

  it('keeps connections apart', () => {
    expect([admit(1, 'mqtt.test!1'), admit(0, 'mqtt.test!2')]).toEqual([[], [0]]);
  });

  it('goes on without what does not come for 5 s', () => {
    admit(3);
    admit(1);
    clock.advance(4_999);
    expect(overdue).toEqual([]);
    clock.advance(1);
    expect(overdue).toEqual([1]);
    clock.advance(5_000);
    expect(overdue).toEqual([1, 3]);
    expect(sequences.parked).toBe(0);
  });

  it('waits anew when something that was missing has come', () => {
    admit(4);
    clock.advance(4_000);
    admit(0);
    clock.advance(4_000);
    expect(overdue).toEqual([]);
  });

  it('does not hold up what comes when its place has passed', () => {
    admit(2);
    clock.advance(5_000);
    expect([admit(1), admit(2), admit(3)]).toEqual([[1], [2], [3]]);
  });

  it('begins anew after a disconnect', () => {
    admit(0);
    admit(1, LANE, 'websocket.disconnect');
    expect(admit(0)).toEqual([0]);
    expect(admit(2)).toEqual([]);
  });

  it('hands on what is parked in the connection it has known longest when they are too many', () => {
    admit(1, 'mqtt.test!oldest');
    for (let lane = 0; lane < 10_000; lane++) admit(0, `mqtt.test!${lane}`);
    expect([overdue, sequences.parked]).toEqual([[1], 0]);
  });

  it('says how many it forgets', () => {
    admit(2);
    admit(1);
    expect([sequences.clear(), sequences.parked]).toEqual([2, 0]);
  });

  it('puts any order right', () => {
    const orders = fc.shuffledSubarray(
      Array.from({ length: 12 }, (_, index) => index),
      { minLength: 12 },
    );
    fc.assert(
      fc.property(orders, (shuffled) => {
        sequences.clear();
        expect(shuffled.flatMap((order) => admit(order))).toEqual(
          shuffled.toSorted((a, b) => a - b),
        );
      }),
    );
  });
});
