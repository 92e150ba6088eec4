import { describe, expect, it } from '@jest/globals';
import { type WorkerEvent, WorkerEvents } from 'nest-channels';
import { RunningHandlers } from '../src/running-handlers.js';

describe('running handlers', () => {
  it('are counted from their start to whatever end', () => {
    const events = new WorkerEvents();
    const handlers = new RunningHandlers(events);
    const counts = ['started', 'started', 'finished', 'failed', 'unrouted', 'started', 'postponed'];
    const running = counts.map((type) => {
      events.emit({ type } as WorkerEvent);
      return handlers.running;
    });
    expect(running).toEqual([1, 2, 1, 0, 0, 1, 0]);
    expect(handlers.events).toBe(7);
  });
});
