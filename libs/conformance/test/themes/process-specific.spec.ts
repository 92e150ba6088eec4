import { describe, it } from '@jest/globals';
import { type ChannelLayer, nonLocalName } from '@nest-channels/core';
import { type Broken, expectCaught } from '../support/expect-caught.js';

describe('processSpecific', () => {
  it.each<Broken>([
    [
      'forgets the local part',
      ({ layer }) => ({
        receive: async (channels, options) => {
          const messages = await layer.receive(channels, options);
          return messages.map((each) => ({ ...each, channels: each.channels.map(nonLocalName) }));
        },
      }),
      'come under their full names to whoever reads their prefix',
      'wake a receiver that waits on their prefix',
    ],
    [
      'receives by full names too',
      ({ layer }) => ({
        receive: (channels, options) => layer.receive(channels.map(nonLocalName), options),
      }),
      'are not received by their full names',
    ],
    [
      'holds one lock for all receives',
      ({ layer }) => oneAtATime(layer),
      'of two prefixes are read by one process at the same time',
    ],
    [
      'reads one prefix at once',
      ({ layer }) => ({
        receive: (channels, options) => {
          const first = channels.find((name) => name.endsWith('!'));
          const others = channels.filter((name) => !name.endsWith('!'));
          return layer.receive(first === undefined ? others : [first, ...others], options);
        },
      }),
      'of two prefixes and a normal channel are read by one receive',
    ],
    [
      'drops what has no local part',
      ({ layer }) => ({
        send: async (channel, content) => {
          if (!channel.endsWith('!')) await layer.send(channel, content);
        },
      }),
      'may have an empty local part',
    ],
    [
      'delivers twice',
      ({ layer }) => ({
        send: async (channel, content) => {
          await layer.send(channel, content);
          await layer.send(channel, content);
        },
      }),
      'go to one of several readers of their prefix, each message once',
    ],
    [
      'lets a message wait for the next',
      ({ layer }) => swapping(layer),
      'keep the order of each local part',
    ],
  ])('catches a layer that %s', (...broken) => expectCaught('process-specific channels', broken));
});

function swapping(layer: ChannelLayer): Partial<ChannelLayer> {
  let late: (() => Promise<void>) | undefined;
  let sent = 0;
  return {
    send: async (channel, content) => {
      const send = (): Promise<void> => layer.send(channel, content);
      const isLate = ++sent % 5 === 0;
      if (!isLate) await send();
      // Three messages later one for the same local part has gone before it.
      if (sent % 5 === 4) await late?.();
      if (isLate) late = send;
    },
  };
}

function oneAtATime(layer: ChannelLayer): Partial<ChannelLayer> {
  let last: Promise<unknown> = Promise.resolve();
  return {
    receive: (channels, options) => {
      const received = last.then(() => layer.receive(channels, options));
      last = received.catch(() => undefined);
      return received;
    },
  };
}
