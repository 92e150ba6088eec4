import { describe, it } from '@jest/globals';
import { type ChannelLayer, nonLocalName, type Received } from '@nest-channels/core';
import { turns } from '../../src/turns.js';
import { available } from '../support/available.js';
import { type Broken, expectCaught } from '../support/expect-caught.js';
import { untilAborted } from '../support/until-aborted.js';

describe('sendReceive', () => {
  it.each<Broken>([
    ['delivers twice', ({ layer }) => twice(layer), 'delivers a message once'],
    [
      'delivers the newest message first',
      ({ layer }) => newestFirst(layer),
      'delivers each message on the channel it was sent to',
      'keeps the order of messages sent within one millisecond',
    ],
    [
      'delivers to every receiver that waits',
      ({ layer }) => broadcasting(layer),
      'delivers a message to one of several receivers',
    ],
    [
      'ignores the maximum',
      ({ layer }) => ({
        receive: (channels, { signal }) => layer.receive(channels, { signal, max: 100 }),
      }),
      'returns one message unless told a maximum',
      'returns at most the maximum and leaves the rest',
    ],
    [
      'waits for the maximum',
      ({ layer }) => patient(layer),
      'returns what is there instead of waiting for the maximum',
    ],
    [
      'lets later receivers overtake the first',
      ({ layer }) => overtaken(layer),
      'serves waiting receivers in the order they came',
    ],
    [
      'looks at its first ten channels only',
      ({ layer }) => ({
        receive: (channels, options) => layer.receive(channels.slice(0, 10), options),
      }),
      'delivers through every channel of a long list',
    ],
    [
      'tells the wrong channel of a receive from several',
      ({ layer }) => ({
        receive: async (channels, options) => {
          const messages = await layer.receive(channels, options);
          return messages.map((message) => ({ ...message, channels: channels.slice(0, 1) }));
        },
      }),
      'delivers each message on the channel it was sent to',
      'wakes a receiver by the first of its channels and leaves it the rest',
    ],
    [
      'does not wake a receiver that waits',
      ({ layer }) => ({
        receive: async (channels, { signal, max }) => {
          const messages = await available(layer, channels, max);
          return messages.length > 0 ? messages : untilAborted(signal);
        },
      }),
      'wakes a receiver that waits',
    ],
    [
      'lets sends of one moment overtake each other',
      ({ layer }) => hurrying(layer),
      'keeps the order of sends that do not wait for each other',
    ],
  ])('catches a layer that %s', (...broken) => expectCaught('send and receive', broken));
});

function twice(layer: ChannelLayer): Partial<ChannelLayer> {
  return {
    send: async (channel, content) => {
      await layer.send(channel, content);
      await layer.send(channel, content);
    },
  };
}

function newestFirst(layer: ChannelLayer): Partial<ChannelLayer> {
  return {
    send: async (channel, content) => {
      const older = await available(layer, [nonLocalName(channel)]);
      await layer.send(channel, content);
      for (const message of older) await layer.send(channel, message.content);
    },
  };
}

function broadcasting(layer: ChannelLayer): Partial<ChannelLayer> {
  let waiting = 0;
  return {
    send: async (channel, content) => {
      for (let copy = Math.max(waiting, 1); copy > 0; copy--) await layer.send(channel, content);
    },
    receive: (channels, options) => {
      waiting++;
      return layer.receive(channels, options).finally(() => waiting--);
    },
  };
}

function patient(layer: ChannelLayer): Partial<ChannelLayer> {
  return {
    receive: async (channels, { signal, max = 1 }) => {
      const messages: Received[] = [];
      while (messages.length < max && !signal.aborted) {
        messages.push(...(await layer.receive(channels, { signal })));
      }
      return messages;
    },
  };
}

function overtaken(layer: ChannelLayer): Partial<ChannelLayer> {
  let calls = 0;
  return {
    receive: async (channels, options) => {
      if (calls++ === 0) await turns();
      return layer.receive(channels, options);
    },
  };
}

function hurrying(layer: ChannelLayer): Partial<ChannelLayer> {
  let sent = 0;
  return {
    send: async (channel, content) => {
      await turns(sent++ % 2);
      await layer.send(channel, content);
    },
  };
}
