import assert from 'node:assert/strict';
import type { Content } from '@nest-channels/core';
import { assertCame, assertIds, assertSame, assertSameMembers } from '../expectations.js';
import { range } from '../range.js';
import type { Theme } from '../theme.js';
import type { Trial } from '../trial.js';

/** Are the facts about sends to groups. */
export const groups: Theme = {
  title: 'groups',
  needs: ['groups'],
  facts: [
    {
      title: 'reach each member once and nobody who left',
      async check(trial) {
        const [room, a, b, gone] = trial.names('room', 'a', 'b', 'gone');
        await join(trial, room, [a, b, gone]);
        await trial.layer.groupDiscard(room, gone);
        await trial.sender.groupSend(room, { id: 1 });
        assertCame(await trial.take(a), [[a, 1]]);
        assertCame(await trial.take(b), [[b, 1]]);
        await trial.assertEmpty([a, b, gone]);
      },
    },
    {
      title: 'reach the members behind one prefix by one message with all their names',
      async check(trial) {
        const [room, server] = trial.names('room', 'server!');
        await join(trial, room, [`${server}a`, `${server}gone`, `${server}b`]);
        await trial.layer.groupDiscard(room, `${server}gone`);
        await trial.sender.groupSend(room, { id: 1 });
        const [message] = await trial.take(server);
        assertSameMembers(message.channels, [`${server}a`, `${server}b`]);
        assertIds([message], [1]);
        await trial.assertEmpty(server);
      },
    },
    {
      title: 'reach members of every kind, behind several prefixes',
      async check(trial) {
        const room = trial.name('room');
        const members = trial.names('jobs', 'body?x', 'one!a', 'two!a');
        await join(trial, room, members);
        await trial.sender.groupSend(room, { id: 1 });
        for (const member of members) {
          assertCame(await trial.take(member.replace(/!.*/, '!')), [[member, 1]]);
        }
      },
    },
    {
      title: 'reach those who are members at the time of the send',
      async check(trial) {
        const [room, early, late] = trial.names('room', 'early', 'late');
        await join(trial, room, [early]);
        await trial.sender.groupSend(room, { id: 1 });
        await join(trial, room, [late]);
        await trial.sender.groupSend(room, { id: 2 });
        await trial.assertTakes(early, [1, 2]);
        await trial.assertTakes(late, [2]);
      },
    },
    {
      title: 'take a send when they have no members',
      async check(trial) {
        await trial.sender.groupSend(trial.name('room'), { id: 1 });
        assert.deepEqual(await trial.layer.groupChannels(trial.name('room')), []);
      },
    },
    {
      title: 'wake a receiver that waits',
      async check(trial) {
        const [room, server] = trial.names('room', 'server!');
        await join(trial, room, [`${server}a`]);
        const listener = trial.listen(server);
        await trial.settle();
        await trial.sender.groupSend(room, { id: 1 });
        assertCame(await listener.done(), [[`${server}a`, 1]]);
      },
    },
    {
      title: 'keep the order of their messages',
      async check(trial) {
        const [room, a, server] = trial.names('room', 'a', 'server!');
        await join(trial, room, [a, `${server}b`]);
        for (const id of range(50)) await trial.sender.groupSend(room, { id });
        await trial.assertTakes(a, range(50));
        await trial.assertTakes(server, range(50));
      },
    },
    {
      title: 'give each reader a copy of its own',
      async check(trial) {
        const room = trial.name('room');
        const [a, b, one, two] = trial.names('a', 'b', 'one!', 'two!');
        await join(trial, room, [a, b, `${one}x`, `${two}x`]);
        const sent = { list: [1], bytes: Buffer.from([1]) };
        await trial.sender.groupSend(room, structuredClone(sent));
        for (const reader of [a, one, b, two]) {
          const [{ content }] = await trial.take(reader);
          assertSame(content, sent);
          spoil(content);
        }
      },
    },
    {
      title: 'drop the copy of a full member, without an error, and serve the others',
      limits: { capacity: 1 },
      async check(trial) {
        const [room, a, full, b] = trial.names('room', 'a', 'full', 'b');
        await join(trial, room, [a, full, b]);
        await trial.send(full, 1);
        await trial.sender.groupSend(room, { id: 2 });
        await trial.assertTakes(a, [2]);
        await trial.assertTakes(b, [2]);
        await trial.assertTakes(full, [1]);
      },
    },
    {
      title: 'drop their messages over the capacity without an error',
      limits: { capacity: 3, mailboxCapacity: 3 },
      async check(trial) {
        const [room, a, server] = trial.names('room', 'a', 'server!');
        await join(trial, room, [a, `${server}b`]);
        for (const id of range(5)) await trial.sender.groupSend(room, { id });
        await trial.assertTakes(a, [0, 1, 2]);
        await trial.assertTakes(server, [0, 1, 2]);
      },
    },
    {
      title: 'take one place in a mailbox, however many members it has there',
      limits: { mailboxCapacity: 1 },
      async check(trial) {
        const [room, server] = trial.names('room', 'server!');
        const members = range(5).map((index) => `${server}${index}`);
        await join(trial, room, members);
        await trial.sender.groupSend(room, { id: 1 });
        const [message] = await trial.take(server);
        assertSameMembers(message.channels, members);
      },
    },
    {
      title: 'reach a hundred members',
      async check(trial) {
        const room = trial.name('room');
        const members = range(100).map((index) => trial.name(`member${index}`));
        await join(trial, room, members);
        await trial.sender.groupSend(room, { id: 1 });
        const came = await trial.take(members, 100);
        assertSameMembers(
          came.flatMap(({ channels }) => channels),
          members,
        );
      },
    },
  ],
};

async function join(trial: Trial, group: string, channels: readonly string[]): Promise<void> {
  for (const channel of channels) await trial.layer.groupAdd(group, channel);
}

/** Changes all that a reader could change. */
function spoil(content: Content): void {
  const { list, bytes } = content as { list: number[]; bytes: Uint8Array };
  list.push(2);
  bytes.fill(2);
  Object.assign(content, { extra: true });
}
