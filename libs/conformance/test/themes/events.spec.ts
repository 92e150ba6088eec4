import { EventEmitter } from 'node:events';
import { describe, it } from '@jest/globals';
import type { ChannelLayer, LayerEventMap, LayerEvents } from '@nest-channels/core';
import { type Broken, expectCaught } from '../support/expect-caught.js';

type Full = LayerEventMap['full'][0];

describe('events', () => {
  it.each<Broken>([
    [
      'tells nothing',
      () => ({ events: new EventEmitter() }),
      'tell of a refused send',
      'tell of messages that expired, by channel and number',
    ],
    [
      'tells full names',
      ({ layer }) => telling(layer, (event) => ({ ...event, channel: `${event.channel}b` })),
      'tell of a full mailbox by the name up to its mark',
    ],
    [
      'tells of one message whatever their number',
      ({ layer }) => telling(layer, (event) => ({ ...event, messages: 1 })),
      'tell of each group member whose copy was dropped',
    ],
    [
      'fails with its listeners',
      ({ layer }) => failing(layer),
      'break nothing when their listener throws',
    ],
    [
      'tells of channels that are not full',
      ({ layer }) => crying(layer),
      'are not told when all goes well',
    ],
  ])('catches a layer that %s', (...broken) => expectCaught('events', broken));
});

function telling(layer: ChannelLayer, change: (event: Full) => Full): Partial<ChannelLayer> {
  const events: LayerEvents = new EventEmitter();
  layer.events.on('full', (event) => void events.emit('full', change(event)));
  return { events };
}

function failing(layer: ChannelLayer): Partial<ChannelLayer> {
  const events: LayerEvents = new EventEmitter();
  return {
    events,
    send: async (channel, content) => {
      try {
        await layer.send(channel, content);
      } catch (error) {
        events.emit('full', { channel, capacity: 1, messages: 1 });
        throw error;
      }
    },
  };
}

function crying(layer: ChannelLayer): Partial<ChannelLayer> {
  return {
    send: async (channel, content) => {
      await layer.send(channel, content);
      layer.events.emit('full', { channel, capacity: 1, messages: 0 });
    },
  };
}
