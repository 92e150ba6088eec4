import { EventEmitter } from 'node:events';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { ChannelFull, type LayerEventMap, memoryLayer } from '@nest-channels/core';
import { tell } from '../src/layer-events.js';
import { expectRejected } from './support/failure.js';
import { contents } from './support/messages.js';

afterEach(() => {
  jest.restoreAllMocks();
});

describe('tell', () => {
  it('hands what happened to each listener, in their order, when the layer is done', async () => {
    const events = new EventEmitter<LayerEventMap>();
    const heard: unknown[] = [];
    events.on('expired', (what) => heard.push(['first', what]));
    events.on('expired', (what) => heard.push(['second', what]));
    tell(events, 'expired', { channel: 'jobs', messages: 2 });
    expect(heard).toEqual([]);
    await Promise.resolve();
    expect(heard).toEqual([
      ['first', { channel: 'jobs', messages: 2 }],
      ['second', { channel: 'jobs', messages: 2 }],
    ]);
  });

  it('says nothing to nobody', () => {
    const events = new EventEmitter<LayerEventMap>();
    tell(events, 'reset');
    tell(events, 'gap', { since: 5 });
    expect(events.eventNames()).toEqual([]);
  });

  it('makes what a listener throws a warning of the process, and tells the next one', async () => {
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const events = new EventEmitter<LayerEventMap>();
    events.on('reset', () => {
      throw new Error('cannot listen');
    });
    const next = jest.fn();
    events.once('reset', next);
    tell(events, 'reset');
    await Promise.resolve();
    expect(next).toHaveBeenCalledTimes(1);
    expect(warn.mock.calls).toEqual([
      ['A listener of the layer event "reset" threw: cannot listen'],
    ]);
  });
});

describe('A listener that throws', () => {
  it('breaks nothing in the layer', async () => {
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const layer = memoryLayer({ capacity: 1 });
    layer.events.on('full', () => {
      throw new Error('cannot listen');
    });
    layer.events.on('reset', () => {
      throw new Error('cannot listen');
    });
    for (const channel of ['jobs', 'other']) await layer.groupAdd('room', channel);
    await layer.send('jobs', { id: 1 });
    await expectRejected(ChannelFull, layer.send('jobs', { id: 2 }));
    await layer.groupSend('room', { id: 3 });
    expect(await contents(layer, ['jobs', 'other'])).toEqual([{ id: 1 }, { id: 3 }]);
    await layer.flush();
    expect(warn).toHaveBeenCalledTimes(3);
  });
});
