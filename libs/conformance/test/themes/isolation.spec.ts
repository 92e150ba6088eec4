import { describe, it } from '@jest/globals';
import type { ChannelLayer } from '@nest-channels/core';
import { type Broken, type Defect, expectCaught } from '../support/expect-caught.js';

describe('isolation', () => {
  it.each<Broken>([
    [
      'shares one name space among all',
      shared(),
      'keeps layers of different name spaces apart',
      'keeps groups of different name spaces apart',
    ],
    [
      'takes dashes for dots',
      ({ layer }) => ({
        send: (channel, content) => layer.send(dotted(channel), content),
        receive: (channels, options) => layer.receive(channels.map(dotted), options),
      }),
      'keeps channels of similar names apart',
    ],
    [
      'sends group messages to a channel of that name too',
      ({ layer }) => ({
        groupSend: async (group, content) => {
          await layer.groupSend(group, content);
          await layer.send(group, content);
        },
      }),
      'keeps groups of similar names apart, and a group from a channel of its name',
    ],
  ])('catches a layer that %s', (...broken) => expectCaught('isolation', broken));
});

function dotted(name: string): string {
  return name.replaceAll('-', '.');
}

/** Gives every layer that is made while another is open the contents of that. */
function shared(): Defect {
  let open: ChannelLayer | undefined;
  return ({ layer }) => {
    const common = (open ??= layer);
    return {
      send: (channel, content) => common.send(channel, content),
      receive: (channels, options) => common.receive(channels, options),
      groupAdd: (group, channel) => common.groupAdd(group, channel),
      groupSend: (group, content) => common.groupSend(group, content),
      groupChannels: (group) => common.groupChannels(group),
      close: async () => {
        if (common === layer) open = undefined;
        await layer.close();
      },
    };
  };
}
