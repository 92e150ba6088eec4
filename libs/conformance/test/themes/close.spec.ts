import { describe, it } from '@jest/globals';
import { type ChannelLayer, LayerUnavailable } from '@nest-channels/core';
import { type Broken, expectCaught } from '../support/expect-caught.js';

describe('close', () => {
  it.each<Broken>([
    [
      'leaves its receivers waiting',
      ({ layer }) => leavingReceivers(layer),
      'ends every receive that waits, with no message',
    ],
    ['cannot be closed again', ({ layer }) => closingOnce(layer), 'can be called again'],
    [
      'takes messages for nobody',
      ({ layer }) => ({
        send: (channel, content) => layer.send(channel, content).catch(() => undefined),
      }),
      'refuses what is sent from then on, while it is under way too',
      'makes a later send fail',
    ],
    [
      'sends until it is closed',
      ({ layer }) => closingLate(layer),
      'refuses what is sent from then on, while it is under way too',
    ],
    [
      'knows its groups for ever',
      ({ layer }) => ({
        groupChannels: (group) => layer.groupChannels(group).catch(() => []),
        newChannel: async (pattern) => `${pattern}1`,
      }),
      'makes a later groupChannels fail',
      'makes a later newChannel fail',
    ],
    [
      'fails the receives that wait',
      ({ layer }) => failingReceives(layer),
      'ends every receive that waits, with no message',
      'ends receives that are aborted at the same time',
    ],
  ])('catches a layer that %s', (...broken) => expectCaught('close', broken));
});

function leavingReceivers(layer: ChannelLayer): Partial<ChannelLayer> {
  return {
    receive: async (channels, options) => {
      const messages = await layer.receive(channels, options);
      if (messages.length > 0 || options.signal.aborted) return messages;
      return new Promise(() => undefined);
    },
  };
}

function failingReceives(layer: ChannelLayer): Partial<ChannelLayer> {
  let isClosed = false;
  return {
    receive: async (channels, options) => {
      const messages = await layer.receive(channels, options);
      if (isClosed) throw new LayerUnavailable('The layer is closed.');
      return messages;
    },
    close: () => {
      isClosed = true;
      return layer.close();
    },
  };
}

function closingOnce(layer: ChannelLayer): Partial<ChannelLayer> {
  let isClosed = false;
  return {
    close: () => {
      if (isClosed) return Promise.reject(new Error('the layer is closed'));
      isClosed = true;
      return layer.close();
    },
  };
}

function closingLate(layer: ChannelLayer): Partial<ChannelLayer> {
  return {
    close: async () => {
      await Promise.resolve();
      await Promise.resolve();
      await layer.close();
    },
  };
}
