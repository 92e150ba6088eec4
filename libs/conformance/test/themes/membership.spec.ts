import { describe, it } from '@jest/globals';
import { type ChannelLayer, nonLocalName } from '@nest-channels/core';
import { type Broken, expectCaught } from '../support/expect-caught.js';

describe('membership', () => {
  it.each<Broken>([
    [
      'keeps closed channels in their groups',
      () => ({ closeChannel: () => Promise.resolve() }),
      'ends in all groups when the channel is closed, and only for that channel',
    ],
    [
      'closes the neighbours of a channel',
      ({ layer }) => closingNeighbours(layer),
      'ends in all groups when the channel is closed, and only for that channel',
    ],
    [
      'never ends a membership',
      ({ another }) => another({ groupExpiryMs: 1e12 }),
      'ends when its time is over, and no earlier',
      'lasts its full time from when it was last renewed',
    ],
    [
      'ends memberships early',
      ({ another, limits }) => another({ groupExpiryMs: limits.groupExpiryMs / 4 }),
      'ends when its time is over, and no earlier',
    ],
    [
      'does not renew a membership',
      ({ layer }) => notRenewing(layer),
      'lasts its full time from when it was last renewed',
    ],
    [
      'evicts nobody when messages expire',
      ({ layer }) => keepingAll(layer),
      'ends when a group message expires on the channel unread',
      'ends when a message of its own expires on the channel unread',
      'ends for all members behind a prefix when their message expires unread',
    ],
    [
      'evicts the neighbours of a channel too when its message expires',
      ({ layer }) => evictingNeighbours(layer),
      'ends for those behind a prefix that a message expired on, not for their neighbours',
    ],
    [
      'evicts whoever did not get a message for a while',
      ({ another, limits }) => another({ groupExpiryMs: limits.expiryMs }),
      'outlasts messages that were read in time',
    ],
    [
      'lets a channel into any number of groups',
      ({ another }) => another({ maxGroupsPerChannel: Infinity }),
      'of a channel behind a prefix ends at so many groups, and others are left alone',
    ],
    [
      'keeps its members in a list',
      ({ layer }) => listing(layer),
      'is held once: adding twice delivers once, one discard ends it',
      'is not gained twice by many who join at once',
    ],
    [
      'does not list process-specific members',
      ({ layer }) => ({
        groupChannels: async (group) =>
          (await layer.groupChannels(group)).filter((channel) => !channel.includes('!')),
      }),
      'is listed',
    ],
    [
      'does not let anybody in again',
      ({ layer }) => excluding(layer),
      'starts again after a discard',
    ],
    [
      'fails for a discard without membership',
      ({ layer }) => ({
        groupDiscard: async (group, channel) => {
          const members = await layer.groupChannels(group);
          if (!members.includes(channel)) throw new Error(`${channel} is not in ${group}`);
          await layer.groupDiscard(group, channel);
        },
      }),
      'is not missed by a discard without it',
    ],
    [
      'closes everything with a channel it does not know',
      ({ layer }) => ({ closeChannel: () => layer.flush() }),
      'is not touched by the closing of a channel that has none',
    ],
  ])('catches a layer that %s', (...broken) => expectCaught('membership of groups', broken));
});

function closingNeighbours(layer: ChannelLayer): Partial<ChannelLayer> {
  return {
    closeChannel: async (channel) => {
      const prefix = nonLocalName(channel);
      await layer.closeChannel(channel);
      await layer.closeChannel(`${prefix}here`);
    },
  };
}

function notRenewing(layer: ChannelLayer): Partial<ChannelLayer> {
  return {
    groupAdd: async (group, channel) => {
      const members = await layer.groupChannels(group);
      if (!members.includes(channel)) await layer.groupAdd(group, channel);
    },
  };
}

function keepingAll(layer: ChannelLayer): Partial<ChannelLayer> {
  const added: [group: string, channel: string][] = [];
  return {
    groupAdd: (group, channel) => {
      added.push([group, channel]);
      return layer.groupAdd(group, channel);
    },
    groupChannels: async (group) => {
      for (const [name, channel] of added) await layer.groupAdd(name, channel);
      return layer.groupChannels(group);
    },
  };
}

function evictingNeighbours(layer: ChannelLayer): Partial<ChannelLayer> {
  const added: string[] = [];
  return {
    groupAdd: (group, channel) => {
      added.push(channel);
      return layer.groupAdd(group, channel);
    },
    groupChannels: async (group) => {
      const members = await layer.groupChannels(group);
      const absent = added.filter((channel) => !members.includes(channel));
      const gone = new Set(absent.map(nonLocalName));
      return members.filter((channel) => !gone.has(nonLocalName(channel)));
    },
  };
}

function listing(layer: ChannelLayer): Partial<ChannelLayer> {
  const added: string[] = [];
  return {
    groupAdd: (group, channel) => {
      added.push(channel);
      return layer.groupAdd(group, channel);
    },
    groupDiscard: async (group, channel) => {
      added.splice(added.indexOf(channel), 1);
      if (!added.includes(channel)) await layer.groupDiscard(group, channel);
    },
    groupChannels: async () => added,
  };
}

function excluding(layer: ChannelLayer): Partial<ChannelLayer> {
  const left = new Set<string>();
  return {
    groupDiscard: (group, channel) => {
      left.add(channel);
      return layer.groupDiscard(group, channel);
    },
    groupAdd: async (group, channel) => {
      if (!left.has(channel)) await layer.groupAdd(group, channel);
    },
  };
}
