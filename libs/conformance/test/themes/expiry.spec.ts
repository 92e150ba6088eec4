import { describe, it } from '@jest/globals';
import { type ChannelLayer, nonLocalName, type Received } from '@nest-channels/core';
import { available } from '../support/available.js';
import { untilAborted } from '../support/until-aborted.js';
import { type Broken, expectCaught, type Sound } from '../support/expect-caught.js';

const TOO_LONG = 'takes a message that waited too long, and no earlier';

describe('expiry', () => {
  it.each<Broken>([
    [
      'delivers whatever there is, however old',
      ({ another }) => another({ expiryMs: 1e9 }),
      TOO_LONG,
      'takes the first of two messages and leaves the second',
      'concerns process-specific and single-reader channels too',
      'concerns group messages too',
      'makes room in a full channel',
    ],
    [
      'drops messages early',
      ({ another, limits }) => another({ expiryMs: limits.expiryMs / 4 }),
      TOO_LONG,
    ],
    [
      'gives a whole channel new time with each send',
      renewing,
      'takes the first of two messages and leaves the second',
      'is not put off by later messages to the channel',
      'is checked for each message of a batch and over several channels',
    ],
    ['ends receives when a message expires', endingReceives, 'does not end the wait of a receiver'],
    [
      'stumbles over an expired message',
      stumbling,
      'does not keep a receiver from the next message',
    ],
  ])('catches a layer that %s', (...broken) => expectCaught('expiry', broken));
});

function renewing({ another, limits, now }: Sound): Partial<ChannelLayer> {
  const layer = another({ expiryMs: 1e9 });
  const sentAt = new Map<string, number>();
  const isOver = (name: string): boolean => now() - (sentAt.get(name) ?? 0) >= limits.expiryMs;
  return {
    send: (channel, content) => {
      sentAt.set(nonLocalName(channel), now());
      return layer.send(channel, content);
    },
    receive: async (channels, options) => {
      for (const name of channels) if (isOver(name)) await available(layer, [name]);
      return layer.receive(channels, options);
    },
  };
}

function stumbling({ another, limits, now }: Sound): Partial<ChannelLayer> {
  const layer = another({ expiryMs: 1e9 });
  const sentAt = new Map<unknown, number>();
  const isOver = ({ content }: Received): boolean =>
    now() - (sentAt.get(content['id']) ?? 0) >= limits.expiryMs;
  return {
    send: (channel, content) => {
      sentAt.set(content['id'], now());
      return layer.send(channel, content);
    },
    receive: async (channels, options) => {
      const messages = await layer.receive(channels, options);
      return messages.some(isOver) ? untilAborted(options.signal) : messages;
    },
  };
}

function endingReceives({ layer, limits, now }: Sound): Partial<ChannelLayer> {
  return {
    receive: async (channels, options) => {
      const start = now();
      const messages = await layer.receive(channels, options);
      return now() - start > limits.expiryMs ? [] : messages;
    },
  };
}
