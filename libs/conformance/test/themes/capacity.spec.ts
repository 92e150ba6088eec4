import { describe, it } from '@jest/globals';
import { ChannelFull, type ChannelLayer, nonLocalName } from '@nest-channels/core';
import { turns } from '../../src/turns.js';
import { type Broken, expectCaught, type Sound } from '../support/expect-caught.js';

const UNLIMITED = { capacity: 1e6, mailboxCapacity: 1e6, channelCapacity: [] } as const;
const EXACT = 'is exact, and what is refused is never delivered';

describe('capacity', () => {
  it.each<Broken>([
    ['is never full', ({ another }) => another(UNLIMITED), EXACT],
    [
      'takes one message too many',
      ({ another, limits }) => another({ capacity: limits.capacity + 1 }),
      EXACT,
    ],
    ['delivers what it refused', deliveringRefused, EXACT],
    [
      'counts each full name on its own',
      countingFullNames,
      'of a process-specific prefix is its own and shared by all local parts',
    ],
    [
      'counts all channels together',
      ({ layer, limits }) => countingSends(layer, limits.capacity, () => 'all'),
      'counts each other channel on its own',
    ],
    [
      'never gives room back',
      ({ layer, limits }) => countingSends(layer, limits.capacity, nonLocalName),
      'comes back with each message that is received',
      'is not used by what a waiting receiver got',
    ],
    [
      'looks for room some time before it sends',
      lookingEarly,
      'is not exceeded by many sends at once',
    ],
    [
      'refuses one and takes the next of those that are sent at once',
      refusingEverySecond,
      'refuses no message ahead of one that it accepts, of those that are sent at once',
    ],
    [
      'has one capacity for all channels',
      ({ another }) => another({ channelCapacity: [] }),
      'is set for channels by globs, also over dots',
      'is set for channels by a RegExp that matches from their start',
      'is set for a process-specific prefix by its name up to the mark',
    ],
    [
      'takes the last pattern that matches',
      ({ another, limits }) => another({ channelCapacity: limits.channelCapacity.toReversed() }),
      'is set by the first pattern that matches',
    ],
    [
      'matches a RegExp anywhere',
      ({ another, limits }) => another({ channelCapacity: limits.channelCapacity.map(anywhere) }),
      'is set for channels by a RegExp that matches from their start',
    ],
  ])('catches a layer that %s', (...broken) => expectCaught('capacity', broken));
});

function refusingEverySecond({ layer, limits }: Sound): Partial<ChannelLayer> {
  let sends = 0;
  return {
    send(channel, content) {
      const isRefused = ++sends % 2 === 0;
      return isRefused
        ? Promise.reject(new ChannelFull(channel, limits.capacity))
        : layer.send(channel, content);
    },
  };
}

function deliveringRefused({ another, limits }: Sound): Partial<ChannelLayer> {
  const layer = another(UNLIMITED);
  let sent = 0;
  return {
    receive: (channels, options) => layer.receive(channels, options),
    send: async (channel, content) => {
      await layer.send(channel, content);
      if (++sent > limits.capacity) throw new ChannelFull(channel, limits.capacity);
    },
  };
}

function countingFullNames({ another, limits }: Sound): Partial<ChannelLayer> {
  const layer = another(UNLIMITED);
  const counting = countingSends(layer, limits.mailboxCapacity, (channel) => channel);
  return { ...counting, receive: (channels, options) => layer.receive(channels, options) };
}

function countingSends(
  layer: ChannelLayer,
  capacity: number,
  keyOf: (channel: string) => string,
): Partial<ChannelLayer> {
  const counts = new Map<string, number>();
  return {
    send: async (channel, content) => {
      const count = counts.get(keyOf(channel)) ?? 0;
      if (count >= capacity) throw new ChannelFull(channel, capacity);
      counts.set(keyOf(channel), count + 1);
      await layer.send(channel, content);
    },
  };
}

function lookingEarly({ another, limits }: Sound): Partial<ChannelLayer> {
  const layer = another(UNLIMITED);
  return {
    receive: (channels, options) => layer.receive(channels, options),
    send: async (channel, content) => {
      const { messagesPending } = layer.channelStatistics(nonLocalName(channel));
      if (messagesPending >= limits.capacity) throw new ChannelFull(channel, limits.capacity);
      await turns();
      await layer.send(channel, content);
    },
  };
}

function anywhere([pattern, count]: readonly [string | RegExp, number]) {
  return [pattern instanceof RegExp ? new RegExp(`.*${pattern.source}`) : pattern, count] as const;
}
