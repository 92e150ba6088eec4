import assert from 'node:assert/strict';
import { assertIds } from '../expectations.js';
import { range } from '../range.js';
import type { Theme } from '../theme.js';

/** Are the facts about emptying a layer. */
export const flush: Theme = {
  title: 'flush',
  needs: ['flush'],
  facts: [
    {
      title: 'removes the messages of all channels',
      async check(trial) {
        const channels = trial.names('jobs', 'body?x', 'server!a');
        for (const channel of channels) await trial.send(channel, 1, 2);
        await trial.layer.flush();
        await trial.assertEmpty(trial.names('jobs', 'body?x', 'server!'));
      },
    },
    {
      title: 'removes group messages and memberships',
      needs: ['groups'],
      async check(trial) {
        const [room, a] = trial.names('room', 'a');
        await trial.layer.groupAdd(room, a);
        await trial.sender.groupSend(room, { id: 1 });
        await trial.layer.flush();
        assert.deepEqual(await trial.layer.groupChannels(room), []);
        await trial.sender.groupSend(room, { id: 2 });
        await trial.assertEmpty(a);
      },
    },
    {
      title: 'gives a full channel all its room back',
      limits: { capacity: 2, mailboxCapacity: 2 },
      async check(trial) {
        for (const [name, reader] of [trial.names('jobs', 'jobs'), trial.names('s!a', 's!')]) {
          await trial.send(name, 1, 2);
          await trial.layer.flush();
          await trial.send(name, 3, 4);
          await trial.assertTakes(reader, [3, 4]);
        }
      },
    },
    {
      title: 'does not orphan a receiver that waits',
      async check(trial) {
        const jobs = trial.name('jobs');
        const listener = trial.listen(jobs);
        await trial.settle();
        await trial.layer.flush();
        assert.equal(listener.result, undefined);
        await trial.send(jobs, 1);
        assertIds(await listener.done(), [1]);
      },
    },
    {
      title: 'does not orphan a subscription',
      needs: ['push'],
      async check(trial) {
        const jobs = trial.name('jobs');
        const ids: unknown[] = [];
        trial.layer.subscribe([jobs], ({ content }) => void ids.push(content['id']));
        await trial.layer.flush();
        await trial.send(jobs, 1);
        await trial.until('a message comes', () => ids.length > 0);
        assert.deepEqual(ids, [1]);
      },
    },
    {
      title: 'resolves when every handle sees an empty layer',
      async check(trial) {
        const jobs = trial.name('jobs');
        await trial.send(jobs, ...range(20));
        await trial.sender.flush();
        await trial.assertEmpty(jobs);
        await trial.send(jobs, 'new');
        await trial.assertTakes(jobs, ['new']);
      },
    },
    {
      title: 'is told of by the event reset',
      async check(trial) {
        let resets = 0;
        trial.layer.events.on('reset', () => void resets++);
        await trial.layer.flush();
        await trial.until('a reset is told', () => resets > 0);
        assert.equal(resets, 1);
      },
    },
  ],
};
