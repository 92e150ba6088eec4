import { describe, it } from '@jest/globals';
import type { ChannelLayer } from '@nest-channels/core';
import { turns } from '../../src/turns.js';
import { type Broken, expectCaught } from '../support/expect-caught.js';

describe('traffic', () => {
  it.each<Broken>([
    [
      'delivers a message of fifty twice',
      ({ layer }) => oneIn(50, layer, (send) => send().then(send)),
      'is delivered completely and without duplicates to several receivers',
      'survives receivers that come and go',
    ],
    [
      'loses a message of fifty',
      ({ layer }) => oneIn(50, layer, () => Promise.resolve()),
      'is delivered completely and without duplicates to several receivers',
      'survives receivers that come and go',
    ],
    [
      'says that it sent a message before it did',
      ({ layer }) => oneIn(7, layer, async (send) => void turns(3).then(send).catch(forgotten)),
      'reaches one receiver in the order of each sender',
      'keeps its order in each of several channels that one receiver reads',
    ],
  ])('catches a layer that %s', (...broken) =>
    expectCaught('traffic of many senders and receivers', broken),
  );
});

function oneIn(
  count: number,
  layer: ChannelLayer,
  instead: (send: () => Promise<void>) => Promise<void>,
): Partial<ChannelLayer> {
  let sent = 0;
  return {
    send: (channel, content) => {
      const send = (): Promise<void> => layer.send(channel, content);
      return ++sent % count === 0 ? instead(send) : send();
    },
  };
}

/** The layer may have closed before what is late was sent. */
function forgotten(): void {}
