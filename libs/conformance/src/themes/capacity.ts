import assert from 'node:assert/strict';
import { assertIds, assertRejects } from '../expectations.js';
import { range } from '../range.js';
import type { Theme } from '../theme.js';
import type { Trial } from '../trial.js';

/** Are the facts about full channels. */
export const capacity: Theme = {
  title: 'capacity',
  facts: [
    {
      title: 'is exact, and what is refused is never delivered',
      limits: { capacity: 3 },
      async check(trial) {
        const jobs = trial.name('jobs');
        await assertHolds(trial, [jobs], 3);
        await trial.assertTakes(jobs, [0, 1, 2]);
      },
    },
    {
      title: 'of a process-specific prefix is its own and shared by all local parts',
      limits: { capacity: 1, mailboxCapacity: 3 },
      async check(trial) {
        await assertHolds(trial, trial.names('server!a', 'server!b', 'server!c', 'server!d'), 3);
        await trial.send(trial.name('other!a'), 4);
        assertIds(await trial.take(trial.name('server!'), 3), [0, 1, 2]);
        await trial.assertEmpty(trial.name('server!'));
      },
    },
    {
      title: 'counts each other channel on its own',
      limits: { capacity: 1 },
      async check(trial) {
        for (const channel of trial.names('a', 'b', 'body?x', 'body?y')) {
          await assertHolds(trial, [channel], 1);
        }
      },
    },
    {
      title: 'comes back with each message that is received',
      limits: { capacity: 2 },
      async check(trial) {
        const jobs = trial.name('jobs');
        await trial.send(jobs, 1, 2);
        assertIds(await trial.take(jobs), [1]);
        await trial.send(jobs, 3);
        await assertRejects('ChannelFull', trial.send(jobs, 4));
        await trial.assertTakes(jobs, [2, 3]);
      },
    },
    {
      title: 'is not used by what a waiting receiver got',
      limits: { capacity: 1 },
      async check(trial) {
        const jobs = trial.name('jobs');
        const listener = trial.listen(jobs);
        await trial.send(jobs, 1);
        assertIds(await listener.done(), [1]);
        await assertHolds(trial, [jobs], 1);
      },
    },
    {
      title: 'is not exceeded by many sends at once',
      limits: { capacity: 5, mailboxCapacity: 5 },
      async check(trial) {
        for (const word of ['jobs', 'server!a']) {
          const send = (id: number) =>
            (id % 2 === 0 ? trial.layer : trial.sender).send(trial.name(word), { id });
          const results = await Promise.allSettled(range(20).map(send));
          assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 5);
        }
      },
    },
    {
      title: 'refuses no message ahead of one that it accepts, of those that are sent at once',
      limits: { capacity: 5, mailboxCapacity: 5 },
      async check(trial) {
        for (const [target, readable] of [
          ['jobs', 'jobs'],
          ['server!a', 'server!'],
        ]) {
          const reading = trial.listen(trial.name(readable), 1_000);
          const send = (id: number) => trial.sender.send(trial.name(target), { id });
          const results = await Promise.allSettled(range(1_000).map(send));
          const refused = results.findIndex(({ status }) => status === 'rejected');
          const later = results.slice(refused);
          assert.ok(refused < 0 || later.every(({ status }) => status === 'rejected'));
          reading.abort();
          await reading.done();
        }
      },
    },
    {
      title: 'is set for channels by globs, also over dots',
      limits: {
        capacity: 3,
        channelCapacity: [
          ['*.narrow.?[0-9]', 1],
          ['*.narrow.*', 2],
        ],
      },
      async check(trial) {
        await assertHolds(trial, [trial.name('narrow.a7')], 1);
        await assertHolds(trial, [trial.name('narrow.a.b7')], 2);
        await assertHolds(trial, [trial.name('narrow')], 3);
      },
    },
    {
      title: 'is set for channels by a RegExp that matches from their start',
      limits: {
        capacity: 3,
        channelCapacity: [
          [/wide/, 9],
          [/[\w.]+\.nar/, 1],
        ],
      },
      async check(trial) {
        await assertHolds(trial, [trial.name('narrow')], 1);
        await assertHolds(trial, [trial.name('wide')], 3);
      },
    },
    {
      title: 'is set by the first pattern that matches',
      limits: {
        capacity: 3,
        channelCapacity: [
          ['*.jobs', 2],
          ['*', 1],
        ],
      },
      async check(trial) {
        await assertHolds(trial, [trial.name('jobs')], 2);
        await assertHolds(trial, [trial.name('others')], 1);
      },
    },
    {
      title: 'is set for a process-specific prefix by its name up to the mark',
      limits: {
        mailboxCapacity: 3,
        channelCapacity: [
          ['*.server!', 2],
          ['*!a', 1],
        ],
      },
      async check(trial) {
        await assertHolds(trial, trial.names('server!a', 'server!b', 'server!c'), 2);
        await assertHolds(trial, trial.names('other!a', 'other!b', 'other!c', 'other!d'), 3);
      },
    },
  ],
};

/** Asserts that so many messages, sent in turn to these channels, are accepted and no more. */
async function assertHolds(
  trial: Trial,
  channels: readonly string[],
  count: number,
): Promise<void> {
  const target = (id: number): string => channels[id % channels.length];
  for (const id of range(count)) await trial.send(target(id), id);
  await assertRejects('ChannelFull', trial.send(target(count), count));
}
