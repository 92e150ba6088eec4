import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import type { Received } from '@nest-channels/core';
import { assertIds } from '../expectations.js';
import { range } from '../range.js';
import type { Theme } from '../theme.js';
import type { Trial } from '../trial.js';
import { turns } from '../turns.js';

/** Are the facts about receives that are ended by their signal. */
export const cancellation: Theme = {
  title: 'cancellation',
  facts: [
    {
      title: 'ends a wait with no message',
      async check(trial) {
        const listener = trial.listen(trial.names('a', 'b', 'server!'));
        await trial.settle();
        listener.abort();
        assertIds(await listener.done(), []);
      },
    },
    {
      title: 'before a message comes leaves it in its channel',
      async check(trial) {
        const [jobs, server] = trial.names('jobs', 'server!');
        const listener = trial.listen([jobs, server]);
        await trial.settle();
        listener.abort();
        assertIds(await listener.done(), []);
        await trial.send(jobs, 1);
        await trial.send(`${server}a`, 2);
        await trial.assertTakes(jobs, [1]);
        await trial.assertTakes(server, [2]);
      },
    },
    {
      title: 'before the receive leaves what is there in its channel',
      async check(trial) {
        const jobs = trial.name('jobs');
        await trial.send(jobs, 1);
        assertIds(await trial.layer.receive([jobs], { signal: AbortSignal.abort() }), []);
        await trial.assertTakes(jobs, [1]);
      },
    },
    {
      title: 'while a message comes either returns it or leaves it',
      async check(trial) {
        for (const pause of range(5)) await assertKept(trial, trial.name(`jobs${pause}`), pause);
      },
    },
    {
      title: 'of one receiver does not orphan another of the same channel',
      async check(trial) {
        const jobs = trial.name('jobs');
        const [first, second] = [trial.listen(jobs), trial.listen(jobs)];
        await trial.settle();
        first.abort();
        assertIds(await first.done(), []);
        await trial.send(jobs, 1);
        assertIds(await second.done(), [1]);
      },
    },
    {
      title: 'of the later receiver does not orphan the earlier one',
      async check(trial) {
        const [jobs, others] = trial.names('jobs', 'others');
        const [first, second] = [trial.listen([jobs, others]), trial.listen(jobs)];
        await trial.settle();
        second.abort();
        assertIds(await second.done(), []);
        await trial.send(jobs, 1);
        assertIds(await first.done(), [1]);
      },
    },
    {
      title: 'of one receiver does not orphan another of the same process-specific prefix',
      async check(trial) {
        const [server, a] = trial.names('server!', 'server!a');
        const listeners = range(3).map(() => trial.listen(server));
        await trial.settle();
        listeners[0].abort();
        listeners[2].abort();
        await trial.send(a, 1);
        assertIds(await listeners[1].done(), [1]);
      },
    },
    {
      title: 'all the time loses, repeats and reorders nothing',
      async check(trial) {
        const jobs = trial.name('jobs');
        const sending = sendSlowly(trial, jobs, 200);
        const came: Received[] = [];
        for (let round = 0; round < 300; round++)
          came.push(...(await receiveBriefly(trial, jobs, round)));
        await sending;
        came.push(...(await trial.take(jobs, 200 - came.length)));
        assertIds(came, range(200));
        await trial.assertEmpty(jobs);
      },
    },
    {
      title: 'of a batch leaves what it did not return',
      async check(trial) {
        const jobs = trial.name('jobs');
        await trial.send(jobs, ...range(10));
        const listener = trial.listen(jobs, 4);
        listener.abort();
        const came = await listener.done();
        assertIds([...came, ...(await trial.take(jobs, 10 - came.length))], range(10));
      },
    },
    {
      title: 'is not listened to once a receive is over',
      async check(trial) {
        const jobs = trial.name('jobs');
        const { signal } = new AbortController();
        const received = trial.layer.receive([jobs], { signal });
        await trial.settle();
        await trial.send(jobs, 1);
        assertIds(await received, [1]);
        assert.equal(getEventListeners(signal, 'abort').length, 0);
      },
    },
  ],
};

async function assertKept(trial: Trial, jobs: string, pause: number): Promise<void> {
  const listener = trial.listen(jobs);
  await turns(1);
  const sent = trial.send(jobs, 1);
  await turns(pause);
  listener.abort();
  await sent;
  const came = await listener.done();
  await trial.assertTakes(jobs, came.length === 0 ? [1] : []);
}

async function sendSlowly(trial: Trial, jobs: string, count: number): Promise<void> {
  for (const id of range(count)) {
    await trial.send(jobs, id);
    // Mostly slower than the receivers, so that they wait, and at times faster.
    if (id % 4 !== 0) await turns(2);
  }
}

async function receiveBriefly(trial: Trial, jobs: string, round: number): Promise<Received[]> {
  const listener = trial.listen(jobs, (round % 3) + 1);
  await turns(round % 4);
  listener.abort();
  return listener.done();
}
