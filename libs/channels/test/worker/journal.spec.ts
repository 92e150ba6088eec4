import { beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock, Message } from '@nest-channels/core';
import { ForbiddenException } from '@nestjs/common';
import { ConsumeLater } from '../../src/control-flow.js';
import { Journal } from '../../src/worker/journal.js';
import { Run } from '../../src/worker/runs.js';
import { type WorkerEvent, WorkerEvents } from '../../src/worker/worker-events.js';
import type { LogRecorder } from '../support/log-recorder.js';
import { recordLogs } from '../support/recorded-logs.js';

const message = new Message<string>({ channel: 'jobs', content: { path: '/a' } });
const handler = { label: 'Test.run', run: () => Promise.resolve() };
const run = new Run({ handler, message, attempt: 1 }, new ManualClock(), Infinity);
const boom = new Error('boom');

let logs: LogRecorder;
let told: WorkerEvent[];
let journal: Journal;

beforeEach(() => {
  logs = recordLogs();
  told = [];
  const events = new WorkerEvents();
  events.listen((event) => told.push(event));
  journal = new Journal(events);
});

describe('Journal', () => {
  it.each<[string, (journal: Journal) => void, string | undefined, object]>([
    ['finished', (each) => each.finished(run), undefined, { handled: 1 }],
    [
      'failed',
      (each) => each.failed(run, boom),
      'error Test.run on jobs "/a" failed: boom',
      { failed: 1 },
    ],
    [
      'failed',
      (each) => each.failed(run, new ForbiddenException('no')),
      'warn Test.run on jobs "/a" refused with 403: no',
      { failed: 1 },
    ],
    [
      'failed',
      (each) => each.frameRefused(run, boom),
      'warn Test.run on jobs "/a" closed with 1007: boom',
      { failed: 1 },
    ],
    [
      'failed',
      (each) => each.timedOut(run, boom),
      'error Test.run on jobs "/a" timed out: boom',
      { timedOut: 1 },
    ],
    ['postponed', (each) => each.postponed(run, new ConsumeLater()), undefined, { postponed: 1 }],
    [
      'dropped',
      (each) => each.dropped(run),
      'warn Test.run on jobs "/a" was postponed more than 10 times: dropped',
      { dropped: 1 },
    ],
    [
      'unrouted',
      (each) => each.unrouted(message, 'dropped'),
      'error No route matches jobs "/a": dropped',
      { unrouted: 1 },
    ],
    [
      'poisoned',
      (each) => each.poisoned('jobs', boom),
      'error A message on jobs was dropped: boom',
      { poisoned: 1 },
    ],
  ])('tells "%s", counts it, and logs one line or none', (type, write, line, counts) => {
    write(journal);
    expect(told).toMatchObject([{ type, channel: 'jobs' }]);
    expect(journal.tally.counts).toMatchObject(counts);
    const lines = logs.lines.map((each) => `${each.level} ${each.message}`);
    expect(lines).toEqual(line === undefined ? [] : [line]);
  });

  it('makes no event when nobody listens', () => {
    const events = new WorkerEvents();
    const quiet = new Journal(events);
    events.emit = () => {
      throw new Error('told');
    };
    quiet.started(run);
    quiet.finished(run);
    expect(quiet.tally.counts.handled).toBe(1);
  });
});
