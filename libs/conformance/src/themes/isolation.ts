import assert from 'node:assert/strict';
import { assertSameMembers } from '../expectations.js';
import type { Theme } from '../theme.js';

/** Are the facts about what must never meet. */
export const isolation: Theme = {
  title: 'isolation',
  facts: [
    {
      title: 'keeps channels of similar names apart',
      async check(trial) {
        const sentTo = trial.names('a', 'a.a', 'a-a', 'a_a', 'aa', 'a?a', 'a!a');
        for (const [id, channel] of sentTo.entries()) await trial.send(channel, id);
        for (const [id, channel] of sentTo.entries()) {
          await trial.assertTakes(channel.replace(/!.*/, '!'), [id]);
        }
      },
    },
    {
      title: 'keeps layers of different name spaces apart',
      async check(trial) {
        const jobs = trial.name('jobs');
        const other = await trial.create();
        await other.send(jobs, { id: 1 });
        await trial.assertEmpty(jobs);
        await trial.send(jobs, 2);
        await trial.assertTakes(jobs, [2]);
      },
    },
    {
      title: 'keeps groups of different name spaces apart',
      needs: ['groups'],
      async check(trial) {
        const [room, a] = trial.names('room', 'a');
        const other = await trial.create();
        await trial.layer.groupAdd(room, a);
        assert.deepEqual(await other.groupChannels(room), []);
        await other.groupSend(room, { id: 1 });
        await trial.assertEmpty(a);
      },
    },
    {
      title: 'keeps groups of similar names apart, and a group from a channel of its name',
      needs: ['groups'],
      async check(trial) {
        const [room, similar, a, b] = trial.names('room', 'room.a', 'a', 'b');
        await trial.layer.groupAdd(room, a);
        await trial.layer.groupAdd(similar, b);
        await trial.sender.groupSend(room, { id: 1 });
        await trial.assertTakes(a, [1]);
        await trial.assertEmpty([b, room, similar]);
        await trial.send(room, 2);
        await trial.assertEmpty([a, b]);
        await trial.assertTakes(room, [2]);
      },
    },
    {
      title: 'lets one handle close without touching another',
      needsConnect: true,
      async check(trial) {
        const jobs = trial.name('jobs');
        const listener = trial.listen(jobs);
        await trial.send(jobs, 1);
        await listener.done();
        await trial.sender.close();
        await trial.layer.send(jobs, { id: 2 });
        await trial.assertTakes(jobs, [2]);
      },
    },
    {
      title: 'shows one membership to all handles',
      needs: ['groups'],
      needsConnect: true,
      async check(trial) {
        const [room, a, b] = trial.names('room', 'a', 'b');
        await trial.layer.groupAdd(room, a);
        await trial.sender.groupAdd(room, b);
        for (const handle of [trial.layer, trial.sender]) {
          assertSameMembers(await handle.groupChannels(room), [a, b]);
        }
        await trial.sender.groupDiscard(room, a);
        assertSameMembers(await trial.layer.groupChannels(room), [b]);
      },
    },
  ],
};
