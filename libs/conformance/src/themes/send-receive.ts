import assert from 'node:assert/strict';
import { assertCame, assertIds, idsOf } from '../expectations.js';
import { range } from '../range.js';
import type { Theme } from '../theme.js';

/** Are the facts about sending to a channel and receiving from it. */
export const sendReceive: Theme = {
  title: 'send and receive',
  facts: [
    {
      title: 'delivers each message on the channel it was sent to',
      async check(trial) {
        const [a, b] = trial.names('a', 'b');
        await trial.send(a, 1, 2, 3);
        await trial.send(b, 4);
        const came = [...(await trial.take(a, 3)), ...(await trial.take([a, b]))];
        assertCame(came, [
          [a, 1],
          [a, 2],
          [a, 3],
          [b, 4],
        ]);
      },
    },
    {
      title: 'delivers a message once',
      async check(trial) {
        const jobs = trial.name('jobs');
        await trial.send(jobs, 1);
        await trial.assertTakes(jobs, [1]);
      },
    },
    {
      title: 'delivers a message to one of several receivers',
      async check(trial) {
        const jobs = trial.name('jobs');
        const listeners = range(3).map(() => trial.listen(jobs));
        await trial.send(jobs, 1);
        await trial.until('a receiver is served', () => listeners.some(({ result }) => result));
        await trial.settle();
        const came = listeners.flatMap(({ result }) => result ?? []);
        assertIds(came, [1]);
      },
    },
    {
      title: 'keeps the order of messages sent within one millisecond',
      async check(trial) {
        const jobs = trial.name('jobs');
        await trial.send(jobs, ...range(100));
        await trial.assertTakes(jobs, range(100));
      },
    },
    {
      title: 'keeps the order of sends that do not wait for each other',
      async check(trial) {
        const jobs = trial.name('jobs');
        await Promise.all(range(50).map((id) => trial.send(jobs, id)));
        await trial.assertTakes(jobs, range(50));
      },
    },
    {
      title: 'wakes a receiver that waits',
      async check(trial) {
        const jobs = trial.name('jobs');
        const listener = trial.listen(jobs);
        await trial.settle();
        assert.equal(listener.result, undefined);
        await trial.send(jobs, 1);
        assertCame(await listener.done(), [[jobs, 1]]);
      },
    },
    {
      title: 'wakes a receiver by the first of its channels and leaves it the rest',
      async check(trial) {
        const [a, b] = trial.names('a', 'b');
        const listener = trial.listen([a, b]);
        await trial.send(b, 1);
        assertCame(await listener.done(), [[b, 1]]);
        await trial.send(a, 2);
        await trial.send(b, 3);
        assert.deepEqual(new Set(idsOf(await trial.take([a, b], 2))), new Set([2, 3]));
        await trial.assertEmpty([a, b]);
      },
    },
    {
      title: 'serves waiting receivers in the order they came',
      async check(trial) {
        const jobs = trial.name('jobs');
        const listeners = range(3).map(() => trial.listen(jobs));
        await trial.settle();
        await trial.send(jobs, 1, 2, 3);
        const came = await Promise.all(listeners.map((listener) => listener.done()));
        assertIds(came.flat(), [1, 2, 3]);
      },
    },
    {
      title: 'returns one message unless told a maximum',
      async check(trial) {
        const jobs = trial.name('jobs');
        await trial.send(jobs, 1, 2);
        assertIds(await trial.listen(jobs).done(), [1]);
        await trial.assertTakes(jobs, [2]);
      },
    },
    {
      title: 'returns at most the maximum and leaves the rest',
      async check(trial) {
        const jobs = trial.name('jobs');
        await trial.send(jobs, 1, 2, 3, 4, 5);
        const came = await trial.listen(jobs, 3).done();
        assert.ok(came.length <= 3);
        await trial.assertTakes(jobs, [1, 2, 3, 4, 5].slice(came.length));
      },
    },
    {
      title: 'returns what is there instead of waiting for the maximum',
      async check(trial) {
        const jobs = trial.name('jobs');
        await trial.send(jobs, 1, 2);
        const came = await trial.listen(jobs, 10).done();
        assertIds(came, [1, 2].slice(0, came.length));
        await trial.assertTakes(jobs, [1, 2].slice(came.length));
      },
    },
    {
      title: 'delivers through every channel of a long list',
      async check(trial) {
        const channels = range(40).map((index) => trial.name(`jobs${index}`));
        for (const [index, channel] of channels.entries()) await trial.send(channel, index);
        const came = await trial.take(channels, 40);
        const pairs = came.map(({ channels: [name], content }) => [name, content['id']]);
        assert.deepEqual(new Map(pairs as [string, number][]), new Map(zip(channels)));
        await trial.assertEmpty(channels);
      },
    },
  ],
};

function zip(channels: readonly string[]): [string, number][] {
  return channels.map((channel, index) => [channel, index]);
}
