import { describe, it } from '@jest/globals';
import type { ChannelLayer } from '@nest-channels/core';
import { available } from '../support/available.js';
import { type Broken, expectCaught } from '../support/expect-caught.js';

describe('fairness', () => {
  it.each<Broken>([
    [
      'empties its first channel before it looks at the next',
      ({ layer }) => inOrder(layer),
      'does not let a busy channel starve a quiet one, wherever it is named',
      'does not let a batch be filled by a busy channel again and again',
      'does not let a busy process-specific prefix starve another channel',
    ],
    [
      'empties its last channel before it looks at the others',
      ({ layer }) => {
        const { receive } = inOrder(layer);
        return { receive: (channels, options) => receive(channels.toReversed(), options) };
      },
      'does not let a busy channel starve a quiet one, wherever it is named',
    ],
    [
      'has room for one mailbox only',
      ({ another, limits }) => {
        const layer = another({ channelCapacity: [['*', limits.mailboxCapacity]] });
        return {
          send: (channel, content) => layer.send(channel.replace(/^.*!/, 'all!'), content),
        };
      },
      'does not let a full mailbox that nobody reads hold up another',
    ],
  ])('catches a layer that %s', (...broken) => expectCaught('fairness', broken));
});

function inOrder(layer: ChannelLayer): Pick<ChannelLayer, 'receive'> {
  return {
    receive: async (channels, options) => {
      for (const name of channels) {
        const messages = await available(layer, [name], options.max ?? 1);
        if (messages.length > 0) return messages;
      }
      return layer.receive(channels, options);
    },
  };
}
