import { describe, expect, it } from '@jest/globals';
import { Message, route, Router } from '@nest-channels/core';
import type { Handler } from '../../src/handler.js';
import { RunRecorder } from '../../src/worker/run-recorder.js';

const recorderOf = (run: Handler['run']): RunRecorder =>
  new RunRecorder(new Router([route('jobs', { label: 'Jobs.work', run }, { path: '/a' })]));

const message = new Message({ channel: 'jobs', content: { path: '/a' } });

describe('a run recorder', () => {
  it('records what a handler returns and what it throws', async () => {
    const well = recorderOf(() => Promise.resolve(7));
    expect(await well.match('jobs', message.content)?.handler.run(message)).toBe(7);
    expect(well.outcome).toEqual({ ending: 'returned', value: 7 });
    const error = new Error('no');
    const badly = recorderOf(() => Promise.reject(error));
    await expect(badly.match('jobs', message.content)?.handler.run(message)).rejects.toBe(error);
    expect(badly.outcome).toEqual({ ending: 'threw', error });
  });

  it('takes a handler that has not ended for one that timed out', () => {
    const recorder = recorderOf(() => new Promise(() => undefined));
    void recorder.match('jobs', message.content)?.handler.run(message);
    expect(recorder.outcome).toEqual({ ending: 'timedOut' });
  });

  it('leaves routing as it is', () => {
    const recorder = recorderOf(() => Promise.resolve());
    expect(recorder.match('jobs', { path: '/b' })).toBeUndefined();
    expect(recorder.outcome).toEqual({ ending: 'unrouted' });
    expect(recorder.covers('jobs', 'path', { path: '/a' })).toBe(true);
  });
});
