import assert from 'node:assert/strict';
import { assertIds, assertRejects, assertSameMembers } from '../expectations.js';
import type { Theme } from '../theme.js';
import type { Trial } from '../trial.js';

const EXPIRING = { expiryMs: 1_000 } as const;
const FEW = { maxGroupsPerChannel: 2 } as const;
const LEAVING = { groupExpiryMs: 1_000 } as const;

/** Are the facts about who belongs to a group, and until when. */
export const membership: Theme = {
  title: 'membership of groups',
  needs: ['groups'],
  facts: [
    {
      title: 'is listed',
      async check(trial) {
        const [room, a, b, c] = trial.names('room', 'a', 'server!b', 'body?c');
        for (const channel of [a, b, c]) await trial.layer.groupAdd(room, channel);
        await assertMembers(trial, room, [a, b, c]);
        await trial.layer.groupDiscard(room, b);
        await assertMembers(trial, room, [a, c]);
        await assertMembers(trial, trial.name('other'), []);
      },
    },
    {
      title: 'is held once: adding twice delivers once, one discard ends it',
      async check(trial) {
        const [room, a] = trial.names('room', 'a');
        await trial.layer.groupAdd(room, a);
        await trial.layer.groupAdd(room, a);
        await trial.sender.groupSend(room, { id: 1 });
        await trial.assertTakes(a, [1]);
        await trial.layer.groupDiscard(room, a);
        await assertMembers(trial, room, []);
      },
    },
    {
      title: 'is not missed by a discard without it',
      async check(trial) {
        const [room, a, b] = trial.names('room', 'a', 'b');
        await trial.layer.groupDiscard(room, a);
        await trial.layer.groupAdd(room, b);
        await trial.layer.groupDiscard(room, a);
        await assertMembers(trial, room, [b]);
      },
    },
    {
      title: 'starts again after a discard',
      async check(trial) {
        const [room, a] = trial.names('room', 'a');
        await trial.layer.groupAdd(room, a);
        await trial.layer.groupDiscard(room, a);
        await trial.layer.groupAdd(room, a);
        await trial.sender.groupSend(room, { id: 1 });
        await trial.assertTakes(a, [1]);
      },
    },
    {
      title: 'ends in all groups when the channel is closed, and only for that channel',
      async check(trial) {
        const [gone, here] = trial.names('server!gone', 'server!here');
        const rooms = trial.names('one', 'two', 'three');
        for (const room of rooms) {
          await trial.layer.groupAdd(room, gone);
          await trial.layer.groupAdd(room, here);
        }
        await trial.layer.closeChannel(gone);
        for (const room of rooms) await assertMembers(trial, room, [here]);
        await trial.sender.groupSend(rooms[0], { id: 1 });
        const [{ channels }] = await trial.take(trial.name('server!'));
        assertSameMembers(channels, [here]);
      },
    },
    {
      title: 'is not touched by the closing of a channel that has none',
      async check(trial) {
        const [room, a, b] = trial.names('room', 'a', 'b');
        await trial.layer.groupAdd(room, a);
        await trial.layer.closeChannel(b);
        await assertMembers(trial, room, [a]);
      },
    },
    {
      title: 'ends when its time is over, and no earlier',
      limits: LEAVING,
      async check(trial) {
        const [room, a] = trial.names('room', 'a');
        await trial.layer.groupAdd(room, a);
        await trial.advance(500);
        await trial.sender.groupSend(room, { id: 1 });
        await trial.assertTakes(a, [1]);
        await trial.advance(600);
        await trial.sender.groupSend(room, { id: 2 });
        await trial.assertEmpty(a);
        await assertMembers(trial, room, []);
      },
    },
    {
      title: 'lasts its full time from when it was last renewed',
      limits: LEAVING,
      async check(trial) {
        const [room, renewed, neglected] = trial.names('room', 'renewed', 'neglected');
        await trial.layer.groupAdd(room, renewed);
        await trial.layer.groupAdd(room, neglected);
        await trial.advance(600);
        await trial.layer.groupAdd(room, renewed);
        await trial.advance(600);
        await assertMembers(trial, room, [renewed]);
        await trial.advance(600);
        await assertMembers(trial, room, []);
      },
    },
    {
      title: 'ends when a group message expires on the channel unread',
      limits: EXPIRING,
      async check(trial) {
        const [room, other, reading, deaf] = trial.names('room', 'other', 'reading', 'deaf');
        for (const channel of [reading, deaf]) await trial.layer.groupAdd(room, channel);
        await trial.layer.groupAdd(other, deaf);
        await trial.sender.groupSend(room, { id: 1 });
        assertIds(await trial.take(reading), [1]);
        await trial.advance(1_100);
        await trial.assertEmpty(deaf);
        await assertMembers(trial, room, [reading]);
        await assertMembers(trial, other, []);
      },
    },
    {
      title: 'ends when a message of its own expires on the channel unread',
      limits: EXPIRING,
      async check(trial) {
        const [room, deaf, idle] = trial.names('room', 'deaf', 'idle');
        for (const channel of [deaf, idle]) await trial.layer.groupAdd(room, channel);
        await trial.send(deaf, 1);
        await trial.advance(1_100);
        await trial.assertEmpty(deaf);
        await assertMembers(trial, room, [idle]);
      },
    },
    {
      title: 'ends for those behind a prefix that a message expired on, not for their neighbours',
      limits: EXPIRING,
      async check(trial) {
        const [room, server] = trial.names('room', 'server!');
        for (const local of ['deaf', 'idle']) await trial.layer.groupAdd(room, server + local);
        await trial.send(`${server}deaf`, 1);
        await trial.advance(1_100);
        await trial.assertEmpty(server);
        await assertMembers(trial, room, [`${server}idle`]);
      },
    },
    {
      title: 'ends for all members behind a prefix when their message expires unread',
      limits: EXPIRING,
      async check(trial) {
        const [room, server, a] = trial.names('room', 'server!', 'a');
        for (const channel of [`${server}x`, `${server}y`, a]) {
          await trial.layer.groupAdd(room, channel);
        }
        await trial.sender.groupSend(room, { id: 1 });
        assertIds(await trial.take(a), [1]);
        await trial.advance(1_100);
        await trial.assertEmpty(server);
        await assertMembers(trial, room, [a]);
      },
    },
    {
      title: 'outlasts messages that were read in time',
      limits: EXPIRING,
      async check(trial) {
        const [room, a] = trial.names('room', 'a');
        await trial.layer.groupAdd(room, a);
        for (const id of [1, 2, 3]) {
          await trial.sender.groupSend(room, { id });
          await trial.advance(500);
          assertIds(await trial.take(a), [id]);
        }
        await trial.advance(1_100);
        await assertMembers(trial, room, [a]);
      },
    },
    {
      title: 'of a channel behind a prefix ends at so many groups, and others are left alone',
      limits: FEW,
      async check(trial) {
        const [one, two, three, a, jobs] = trial.names('one', 'two', 'three', 'server!a', 'jobs');
        for (const room of [one, two, two]) await trial.layer.groupAdd(room, a);
        await assertRejects('TooManyGroups', trial.sender.groupAdd(three, a));
        await assertMembers(trial, three, []);
        for (const room of [one, two, three]) await trial.layer.groupAdd(room, jobs);
        await trial.layer.groupDiscard(one, a);
        await trial.sender.groupAdd(three, a);
        await assertMembers(trial, three, [jobs, a]);
      },
    },
    {
      title: 'is not gained twice by many who join at once',
      async check(trial) {
        const [room, a] = trial.names('room', 'a');
        await Promise.all([
          trial.layer.groupAdd(room, a),
          trial.sender.groupAdd(room, a),
          trial.layer.groupAdd(room, a),
        ]);
        assert.deepEqual(await trial.layer.groupChannels(room), [a]);
      },
    },
  ],
};

async function assertMembers(trial: Trial, group: string, channels: string[]): Promise<void> {
  assertSameMembers(await trial.layer.groupChannels(group), channels);
}
