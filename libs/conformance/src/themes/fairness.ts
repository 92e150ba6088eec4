import assert from 'node:assert/strict';
import { idsOf } from '../expectations.js';
import { range } from '../range.js';
import type { Theme } from '../theme.js';

/** Is how many receives a message may have to wait for, with 20 messages before it. */
const ROUNDS = 60;

/** Are the facts about busy channels beside quiet ones. */
export const fairness: Theme = {
  title: 'fairness',
  facts: [
    {
      title: 'does not let a busy channel starve a quiet one, wherever it is named',
      async check(trial) {
        const [first, quiet, last] = trial.names('first', 'quiet', 'last');
        for (const busy of [first, last]) await trial.send(busy, ...range(10));
        await trial.send(quiet, 'quiet');
        const came: unknown[] = [];
        for (let round = 0; round < ROUNDS && !came.includes('quiet'); round++) {
          for (const busy of [first, last]) await trial.send(busy, 'more');
          came.push(...idsOf(await trial.take([first, quiet, last])));
        }
        assert.ok(came.includes('quiet'), `the quiet channel is served within ${ROUNDS} receives`);
      },
    },
    {
      title: 'does not let a batch be filled by a busy channel again and again',
      async check(trial) {
        const [busy, quiet] = trial.names('busy', 'quiet');
        await trial.send(busy, ...range(20));
        await trial.send(quiet, 'quiet');
        const came: unknown[] = [];
        for (let round = 0; round < ROUNDS && !came.includes('quiet'); round++) {
          await trial.send(busy, 1, 2, 3, 4);
          came.push(...idsOf(await trial.listen([busy, quiet], 4).done()));
        }
        assert.ok(came.includes('quiet'), `the quiet channel is served within ${ROUNDS} batches`);
      },
    },
    {
      title: 'does not let a busy process-specific prefix starve another channel',
      async check(trial) {
        const [server, jobs] = trial.names('server!', 'jobs');
        await trial.send(`${server}a`, ...range(20));
        await trial.send(jobs, 'quiet');
        const came: unknown[] = [];
        for (let round = 0; round < ROUNDS && !came.includes('quiet'); round++) {
          await trial.send(`${server}b`, 'more');
          came.push(...idsOf(await trial.take([server, jobs])));
        }
        assert.ok(came.includes('quiet'), `the quiet channel is served within ${ROUNDS} receives`);
      },
    },
    {
      title: 'does not let a full mailbox that nobody reads hold up another',
      limits: { mailboxCapacity: 10 },
      async check(trial) {
        await trial.send(trial.name('unread!a'), ...range(10));
        await trial.send(trial.name('read!a'), ...range(10));
        await trial.assertTakes(trial.name('read!'), range(10));
      },
    },
  ],
};
