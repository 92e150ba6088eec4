import { beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '@nest-channels/core';
import { logLosses } from '../src/layer-log.js';
import { FaultyLayer } from './support/faulty-layer.js';
import type { LogRecorder } from './support/log-recorder.js';
import { recordLogs } from './support/recorded-logs.js';

let logs: LogRecorder;

beforeEach(() => {
  logs = recordLogs();
});

function watched(reach: 'process' | 'network'): FaultyLayer {
  const layer = Object.assign(new FaultyLayer(new ManualClock()), { reach });
  logLosses('default', layer);
  return layer;
}

describe('logLosses', () => {
  it('warns with the reason when the back end is lost, and tells when it is back', () => {
    const { events } = watched('network');
    events.emit('lost', { since: 0, reason: 'connect ECONNREFUSED' });
    expect(logs.messages('warn')).toEqual([
      'The faulty layer "default" is lost (connect ECONNREFUSED): ' +
        'until it is back sends fail and nothing is received',
    ]);
    events.emit('gap', { since: 0 });
    expect(logs.messages('log')).toEqual([
      'The faulty layer "default" is back: messages may have been missed',
    ]);
  });

  it('warns when all is gone', () => {
    watched('network').events.emit('reset');
    expect(logs.messages('warn')).toEqual([
      'The faulty layer "default" was emptied: what waited in it is gone',
    ]);
  });

  it('says nothing of a layer within the process, which is emptied by whoever tests', () => {
    const { events } = watched('process');
    expect(events.eventNames()).toEqual([]);
  });
});
