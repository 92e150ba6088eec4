import { describe, it } from '@jest/globals';
import { EventEmitter } from 'node:events';
import type { ChannelLayer } from '@nest-channels/core';
import { turns } from '../../src/turns.js';
import { type Broken, expectCaught } from '../support/expect-caught.js';

describe('flush', () => {
  it.each<Broken>([
    [
      'removes nothing',
      () => ({ flush: () => Promise.resolve() }),
      'removes the messages of all channels',
      'removes group messages and memberships',
      'gives a full channel all its room back',
      'is told of by the event reset',
    ],
    [
      'keeps memberships',
      ({ layer }) => keepingMembers(layer),
      'removes group messages and memberships',
    ],
    [
      'resolves before it is done',
      ({ layer }) => ({
        flush: async () => {
          const late = turns(2).then(() => layer.flush());
          late.catch(() => undefined);
        },
      }),
      'resolves when every handle sees an empty layer',
    ],
    [
      'ends the receives that wait',
      ({ layer }) => endingReceives(layer),
      'does not orphan a receiver that waits',
    ],
    [
      'ends subscriptions',
      ({ layer }) => endingSubscriptions(layer),
      'does not orphan a subscription',
    ],
    ['tells nobody', () => ({ events: new EventEmitter() }), 'is told of by the event reset'],
  ])('catches a layer that %s', (...broken) => expectCaught('flush', broken));
});

function keepingMembers(layer: ChannelLayer): Partial<ChannelLayer> {
  const added: [group: string, channel: string][] = [];
  return {
    groupAdd: (group, channel) => {
      added.push([group, channel]);
      return layer.groupAdd(group, channel);
    },
    flush: async () => {
      await layer.flush();
      for (const [group, channel] of added) await layer.groupAdd(group, channel);
    },
  };
}

function endingReceives(layer: ChannelLayer): Partial<ChannelLayer> {
  const flushed = new AbortController();
  return {
    receive: (channels, { signal, max = 1 }) =>
      layer.receive(channels, { signal: AbortSignal.any([signal, flushed.signal]), max }),
    flush: () => {
      flushed.abort();
      return layer.flush();
    },
  };
}

function endingSubscriptions(layer: ChannelLayer): Partial<ChannelLayer> {
  const closing: (() => void)[] = [];
  return {
    subscribe: (channels, listener) => {
      const subscription = layer.subscribe(channels, listener);
      closing.push(() => subscription.close());
      return subscription;
    },
    flush: () => {
      for (const close of closing) close();
      return layer.flush();
    },
  };
}
