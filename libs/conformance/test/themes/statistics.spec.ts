import { describe, it } from '@jest/globals';
import type { ChannelLayer, LayerStatistics } from '@nest-channels/core';
import { type Broken, expectCaught } from '../support/expect-caught.js';

describe('statistics', () => {
  it.each<Broken>([
    [
      'counts what it refused as accepted',
      ({ layer }) =>
        counting(layer, (all) => ({
          ...all,
          messagesCount: all.messagesCount + all.channelFullCount,
        })),
      'count refused sends as full, and not as accepted',
      'add up: what was accepted is received, waits or is counted as lost',
    ],
    [
      'does not count what expired',
      ({ layer }) =>
        counting(layer, (all) => ({ ...all, dropped: { ...all.dropped, expired: 0 } })),
      'count expired messages',
      'add up: what was accepted is received, waits or is counted as lost',
    ],
    [
      'does not count what waiting receivers got',
      ({ layer }) => counting(layer, (all) => ({ ...all, messagesReceived: 0 })),
      'count a message handed to a waiting receiver as accepted and received',
      'count what was accepted, received and waits',
    ],
    [
      'does not know how old messages are',
      ({ layer }) => counting(layer, (all) => ({ ...all, messagesMaxAgeMs: 0 })),
      'tell the age of the oldest message that waits',
    ],
    [
      'counts all channels as one',
      ({ layer }) => ({ channelStatistics: () => layer.statistics() }),
      'count a prefix over all its local parts, and channels apart',
    ],
    [
      'counts from one',
      ({ layer }) => counting(layer, (all) => ({ ...all, messagesCount: all.messagesCount + 1 })),
      'are zero at first, and for a channel that is not in use',
    ],
    [
      'does not know of the last seconds',
      ({ layer }) => counting(layer, (all) => ({ ...all, messagesCountPerSecond: 0 })),
      'tell how many messages came per second, over the last ten whole ones',
    ],
    [
      'counts a group send once per member',
      ({ layer }) => ({
        groupSend: async (group, content) => {
          for (const member of await layer.groupChannels(group)) {
            await layer.send(member, content).catch(() => undefined);
          }
        },
      }),
      'count a group send once per reader it was queued for',
      'count a group send that found a reader full, and each member it missed',
    ],
    [
      'counts what was flushed neither as waiting nor as lost',
      ({ layer }) =>
        counting(layer, (all) => ({ ...all, dropped: { ...all.dropped, closed: -1 } })),
      'add up after a flush too',
    ],
  ])('catches a layer that %s', (...broken) => expectCaught('statistics', broken));
});

function counting(
  layer: ChannelLayer,
  change: (statistics: LayerStatistics) => LayerStatistics,
): Partial<ChannelLayer> {
  return { statistics: () => change(layer.statistics()) };
}
