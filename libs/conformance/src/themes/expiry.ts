import { assertIds } from '../expectations.js';
import type { Theme } from '../theme.js';

const EXPIRING = { expiryMs: 1_000, capacity: 2 } as const;

/** Are the facts about messages whose time is over. */
export const expiry: Theme = {
  title: 'expiry',
  facts: [
    {
      title: 'takes a message that waited too long, and no earlier',
      limits: EXPIRING,
      async check(trial) {
        const [early, late] = trial.names('early', 'late');
        await trial.send(early, 1);
        await trial.send(late, 2);
        await trial.advance(500);
        assertIds(await trial.take(early), [1]);
        await trial.advance(600);
        await trial.assertEmpty(late);
      },
    },
    {
      title: 'takes the first of two messages and leaves the second',
      limits: EXPIRING,
      async check(trial) {
        const jobs = trial.name('jobs');
        await trial.send(jobs, 1);
        await trial.advance(600);
        await trial.send(jobs, 2);
        await trial.advance(600);
        await trial.assertTakes(jobs, [2]);
      },
    },
    {
      title: 'is not put off by later messages to the channel',
      limits: { expiryMs: 1_000 },
      async check(trial) {
        const jobs = trial.name('jobs');
        for (const id of [1, 2, 3, 4]) {
          await trial.send(jobs, id);
          await trial.advance(400);
        }
        await trial.assertTakes(jobs, [3, 4]);
      },
    },
    {
      title: 'is checked for each message of a batch and over several channels',
      limits: EXPIRING,
      async check(trial) {
        const [a, b] = trial.names('a', 'b');
        await trial.send(a, 1);
        await trial.send(b, 2);
        await trial.advance(600);
        await trial.send(b, 3);
        await trial.advance(600);
        await trial.assertTakes([a, b], [3]);
      },
    },
    {
      title: 'concerns process-specific and single-reader channels too',
      limits: EXPIRING,
      async check(trial) {
        await trial.send(trial.name('server!a'), 1);
        await trial.send(trial.name('body?x'), 2);
        await trial.advance(1_100);
        await trial.assertEmpty(trial.names('server!', 'body?x'));
      },
    },
    {
      title: 'concerns group messages too',
      needs: ['groups'],
      limits: EXPIRING,
      async check(trial) {
        const [room, a, b] = trial.names('room', 'a', 'server!b');
        for (const channel of [a, b]) await trial.layer.groupAdd(room, channel);
        await trial.sender.groupSend(room, { id: 1 });
        await trial.advance(1_100);
        await trial.assertEmpty([a, trial.name('server!')]);
      },
    },
    {
      title: 'makes room in a full channel',
      limits: EXPIRING,
      async check(trial) {
        const jobs = trial.name('jobs');
        await trial.send(jobs, 1, 2);
        await trial.advance(1_100);
        await trial.send(jobs, 3, 4);
        await trial.assertTakes(jobs, [3, 4]);
      },
    },
    {
      title: 'does not keep a receiver from the next message',
      limits: EXPIRING,
      async check(trial) {
        const jobs = trial.name('jobs');
        await trial.send(jobs, 1);
        await trial.advance(1_100);
        const listener = trial.listen(jobs);
        await trial.settle();
        await trial.send(jobs, 2);
        assertIds(await listener.done(), [2]);
      },
    },
    {
      title: 'does not end the wait of a receiver',
      limits: EXPIRING,
      async check(trial) {
        const jobs = trial.name('jobs');
        const listener = trial.listen(jobs);
        await trial.advance(1_100);
        await trial.send(jobs, 1);
        assertIds(await listener.done(), [1]);
      },
    },
  ],
};
