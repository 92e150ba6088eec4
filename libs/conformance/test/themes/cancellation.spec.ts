import { describe, it } from '@jest/globals';
import type { ChannelLayer, Received } from '@nest-channels/core';
import { turns } from '../../src/turns.js';
import { type Broken, expectCaught } from '../support/expect-caught.js';

const ALL_THE_TIME = 'all the time loses, repeats and reorders nothing';

describe('cancellation', () => {
  it.each<Broken>([
    [
      'loses what comes after an abort',
      ({ layer }) => losing(layer),
      'before a message comes leaves it in its channel',
      ALL_THE_TIME,
    ],
    [
      'puts back what came before an abort, and returns it too',
      ({ layer }) => afterwards(layer, (messages) => messages),
      'while a message comes either returns it or leaves it',
      ALL_THE_TIME,
    ],
    [
      'puts back what came before an abort, behind the others',
      ({ layer }) => afterwards(layer, () => []),
      ALL_THE_TIME,
    ],
    [
      'ends all receives with one',
      ({ layer }) => endingAll(layer),
      'of one receiver does not orphan another of the same channel',
      'of the later receiver does not orphan the earlier one',
      'of one receiver does not orphan another of the same process-specific prefix',
    ],
    [
      'takes messages though the signal was aborted before',
      ({ layer }) => ({
        receive: (channels, options) => {
          const { signal } = new AbortController();
          return layer.receive(channels, options.signal.aborted ? { signal } : options);
        },
      }),
      'before the receive leaves what is there in its channel',
    ],
    [
      'does not hear of an abort',
      ({ layer }) => ({
        receive: (channels) => layer.receive(channels, { signal: new AbortController().signal }),
      }),
      'ends a wait with no message',
    ],
    [
      'forgets the rest of an aborted batch',
      ({ layer }) => ({
        receive: async (channels, options) => {
          const messages = await layer.receive(channels, options);
          return options.signal.aborted ? messages.slice(0, 1) : messages;
        },
      }),
      'of a batch leaves what it did not return',
    ],
    [
      'leaves its listener on the signal',
      ({ layer }) => ({
        receive: (channels, options) => {
          options.signal.addEventListener('abort', () => undefined);
          return layer.receive(channels, options);
        },
      }),
      'is not listened to once a receive is over',
    ],
  ])('catches a layer that %s', (...broken) => expectCaught('cancellation', broken));
});

function losing(layer: ChannelLayer): Partial<ChannelLayer> {
  return {
    receive: (channels, { signal, max = 1 }) => {
      const { signal: never } = new AbortController();
      const aborted = new Promise<Received[]>((resolve) => {
        signal.addEventListener('abort', () => resolve([]));
      });
      return Promise.race([layer.receive(channels, { signal: never, max }), aborted]);
    },
  };
}

function afterwards(
  layer: ChannelLayer,
  returned: (messages: Received[]) => Received[],
): Partial<ChannelLayer> {
  return {
    receive: async (channels, options) => {
      const messages = await layer.receive(channels, options);
      await turns();
      if (!options.signal.aborted) return messages;
      for (const { channels: names, content } of messages) await layer.send(names[0], content);
      return returned(messages);
    },
  };
}

function endingAll(layer: ChannelLayer): Partial<ChannelLayer> {
  let common = new AbortController();
  return {
    receive: (channels, { signal, max = 1 }) => {
      signal.addEventListener('abort', () => {
        common.abort();
        common = new AbortController();
      });
      return layer.receive(channels, { signal: common.signal, max });
    },
  };
}
