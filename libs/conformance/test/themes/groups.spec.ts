import { describe, it } from '@jest/globals';
import type { ChannelLayer, Content, Received } from '@nest-channels/core';
import { turns } from '../../src/turns.js';
import { available } from '../support/available.js';
import { type Broken, expectCaught } from '../support/expect-caught.js';
import { untilAborted } from '../support/until-aborted.js';

const BY_ONE_MESSAGE = 'reach the members behind one prefix by one message with all their names';

describe('groups', () => {
  it.each<Broken>([
    [
      'shares a message between its readers',
      ({ layer }) => sharing(layer),
      'give each reader a copy of its own',
    ],
    [
      'sends one message per member',
      ({ layer }) => perMember(layer, (sent) => sent.catch(() => undefined)),
      BY_ONE_MESSAGE,
      'take one place in a mailbox, however many members it has there',
    ],
    [
      'fails for a full member',
      ({ layer }) => perMember(layer, (sent) => sent),
      'drop the copy of a full member, without an error, and serve the others',
      'drop their messages over the capacity without an error',
    ],
    [
      'looks for the members after the send',
      ({ layer }) => ({
        groupSend: async (group, content) => {
          const late = turns().then(() => layer.groupSend(group, content));
          late.catch(() => undefined);
        },
      }),
      'reach those who are members at the time of the send',
    ],
    [
      'keeps those who left',
      ({ layer }) => ({ groupDiscard: () => Promise.resolve(), send: layer.send.bind(layer) }),
      'reach each member once and nobody who left',
      BY_ONE_MESSAGE,
    ],
    [
      'names one of the members behind a prefix',
      ({ layer }) => ({
        receive: async (channels, options) => {
          const messages = await layer.receive(channels, options);
          return messages.map((each) => ({ ...each, channels: each.channels.slice(0, 1) }));
        },
      }),
      BY_ONE_MESSAGE,
    ],
    [
      'reaches the members behind one prefix only',
      ({ layer }) => onePrefix(layer),
      'reach members of every kind, behind several prefixes',
    ],
    ['overtakes itself', ({ layer }) => overtaking(layer), 'keep the order of their messages'],
    [
      'fails without members',
      ({ layer }) => ({
        groupSend: async (group, content) => {
          const members = await layer.groupChannels(group);
          if (members.length === 0) throw new Error(`${group} has no members`);
          await layer.groupSend(group, content);
        },
      }),
      'take a send when they have no members',
    ],
    [
      'does not wake a receiver that waits',
      ({ layer }) => ({
        receive: async (channels, { signal, max }) => {
          const messages = await available(layer, channels, max);
          return messages.length > 0 ? messages : untilAborted(signal);
        },
      }),
      'wake a receiver that waits',
    ],
    [
      'knows fifty members',
      ({ layer }) => ({
        groupAdd: async (group, channel) => {
          const members = await layer.groupChannels(group);
          if (members.length < 50) await layer.groupAdd(group, channel);
        },
      }),
      'reach a hundred members',
    ],
  ])('catches a layer that %s', (...broken) => expectCaught('groups', broken));
});

function sharing(layer: ChannelLayer): Partial<ChannelLayer> {
  const contents: Content[] = [];
  const restore = ({ channels, content }: Received): Received => {
    const shared = contents[Number(content['shared'])];
    return { channels, content: shared ?? content };
  };
  return {
    groupSend: (group, content) => layer.groupSend(group, { shared: contents.push(content) - 1 }),
    receive: async (channels, options) => (await layer.receive(channels, options)).map(restore),
  };
}

function perMember(
  layer: ChannelLayer,
  settle: (sent: Promise<void>) => Promise<void>,
): Partial<ChannelLayer> {
  return {
    groupSend: async (group, content) => {
      for (const member of await layer.groupChannels(group)) {
        await settle(layer.send(member, structuredClone(content)));
      }
    },
  };
}

function onePrefix(layer: ChannelLayer): Partial<ChannelLayer> {
  return {
    groupSend: async (group, content) => {
      const members = await layer.groupChannels(group);
      const [, ...others] = members.filter((member) => member.includes('!'));
      for (const other of others) await layer.groupDiscard(group, other);
      await layer.groupSend(group, content);
    },
  };
}

function overtaking(layer: ChannelLayer): Partial<ChannelLayer> {
  let late: (() => Promise<void>) | undefined;
  return {
    groupSend: async (group, content) => {
      const isLate = !late;
      const send = (): Promise<void> => layer.groupSend(group, content);
      if (!isLate) await send();
      await late?.();
      late = isLate ? send : undefined;
    },
  };
}
