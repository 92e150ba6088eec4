import { describe, it } from '@jest/globals';
import type { ChannelLayer, Content } from '@nest-channels/core';
import { type Broken, expectCaught } from '../support/expect-caught.js';

describe('largeMessages', () => {
  it.each<Broken>([
    [
      'loses what is over 1,000,000 bytes',
      ({ layer }) => ({
        send: async (channel, content) => {
          if (sizeOf(content) < 1_000_000) await layer.send(channel, content);
        },
        groupSend: async (group, content) => {
          if (sizeOf(content) < 1_000_000) await layer.groupSend(group, content);
        },
      }),
      'carries 1 MiB of bytes',
      'carries 1 MiB of text in characters of three bytes',
      'carries 1 MiB to a process-specific channel',
      'carries 1 MiB to the members of a group',
    ],
    [
      'carries 65,535 values of a list',
      ({ layer }) => ({ send: (channel, content) => layer.send(channel, cutLists(content)) }),
      'carries 1 MiB in 100,000 values',
    ],
    [
      'sends large messages later',
      ({ layer }) => lateWhenLarge(layer),
      'keeps its order among small ones',
    ],
  ])('catches a layer that %s', (...broken) => expectCaught('large messages', broken));
});

function sizeOf(content: Content): number {
  const sizes = Object.values(content).map((value) =>
    typeof value === 'string' || value instanceof Uint8Array || Buffer.isBuffer(value)
      ? Buffer.byteLength(value)
      : 0,
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

function cutLists(content: Content): Content {
  const cut = (value: unknown): unknown => (Array.isArray(value) ? value.slice(0, 65_535) : value);
  return Object.fromEntries(Object.entries(content).map(([key, value]) => [key, cut(value)]));
}

function lateWhenLarge(layer: ChannelLayer): Partial<ChannelLayer> {
  let late: (() => Promise<void>) | undefined;
  return {
    send: async (channel, content) => {
      if (sizeOf(content) > 1_000_000) {
        late = () => layer.send(channel, content);
        return;
      }
      await layer.send(channel, content);
      await late?.();
      late = undefined;
    },
  };
}
