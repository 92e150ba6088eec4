import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Observable } from 'rxjs';
import { type WorkerEvent, WorkerEvents } from '../../src/worker/worker-events.js';
import { settled } from '../support/settled.js';

const ready: WorkerEvent = { type: 'ready', channels: ['jobs'] };

afterEach(() => void jest.restoreAllMocks());

describe('WorkerEvents', () => {
  it('tell each listener of each event, in order', () => {
    const events = new WorkerEvents();
    const heard: string[] = [];
    events.listen(({ type }) => heard.push(`one ${type}`));
    events.listen(({ type }) => heard.push(`two ${type}`));
    events.emit(ready);
    expect(heard).toEqual(['one ready', 'two ready']);
  });

  it('tell nothing to one that has stopped, also when it listens twice', () => {
    const events = new WorkerEvents();
    const heard: WorkerEvent[] = [];
    const listener = (event: WorkerEvent): number => heard.push(event);
    const stop = events.listen(listener);
    events.listen(listener);
    stop();
    events.emit(ready);
    expect(heard).toEqual([ready]);
  });

  it('know whether anybody listens', () => {
    const events = new WorkerEvents();
    expect(events.hasListeners).toBe(false);
    const stop = events.listen(() => undefined);
    expect(events.hasListeners).toBe(true);
    stop();
    expect(events.hasListeners).toBe(false);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('boom');
      },
    ],
    ['rejects', () => Promise.reject(new Error('boom'))],
  ])('go on when a listener %s, with a warning', async (_what, listener) => {
    const events = new WorkerEvents();
    const heard: WorkerEvent[] = [];
    events.listen(listener);
    events.listen((event) => heard.push(event));
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    events.emit(ready);
    expect(heard).toEqual([ready]);
    await settled();
    expect(warn.mock.calls).toEqual([['A listener of the worker event "ready" threw: boom']]);
  });

  it('become an Observable', () => {
    const events = new WorkerEvents();
    const heard: WorkerEvent[] = [];
    const observed = new Observable<WorkerEvent>((to) => events.listen((event) => to.next(event)));
    const subscription = observed.subscribe((event) => heard.push(event));
    events.emit(ready);
    subscription.unsubscribe();
    expect([heard, events.hasListeners]).toEqual([[ready], false]);
  });
});
