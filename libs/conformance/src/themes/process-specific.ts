import { assertCame, assertIds, assertRejects } from '../expectations.js';
import { range } from '../range.js';
import type { Theme } from '../theme.js';

/** Are the facts about channels that one process reads under a common prefix. */
export const processSpecific: Theme = {
  title: 'process-specific channels',
  facts: [
    {
      title: 'come under their full names to whoever reads their prefix',
      async check(trial) {
        const [server, a, b] = trial.names('server!', 'server!a', 'server!b');
        await trial.send(a, 1);
        await trial.send(b, 2);
        const came = [...(await trial.take(server)), ...(await trial.take(server))];
        assertCame(came.toSorted(byId), [
          [a, 1],
          [b, 2],
        ]);
        await trial.assertEmpty(server);
      },
    },
    {
      title: 'are not received by their full names',
      async check(trial) {
        const full = trial.name('server!a');
        await trial.send(full, 1);
        await assertRejects('InvalidName', trial.listen(full).done());
        await trial.assertTakes(trial.name('server!'), [1]);
      },
    },
    {
      title: 'may have an empty local part',
      async check(trial) {
        const server = trial.name('server!');
        await trial.send(server, 1);
        assertCame(await trial.take(server), [[server, 1]]);
      },
    },
    {
      title: 'wake a receiver that waits on their prefix',
      async check(trial) {
        const [server, a] = trial.names('server!', 'server!a');
        const listener = trial.listen(server);
        await trial.settle();
        await trial.send(a, 1);
        assertCame(await listener.done(), [[a, 1]]);
      },
    },
    {
      title: 'of two prefixes are read by one process at the same time',
      async check(trial) {
        const [first, second] = [
          trial.listen(trial.name('one!')),
          trial.listen(trial.name('two!')),
        ];
        await trial.settle();
        await trial.send(trial.name('two!a'), 2);
        assertIds(await second.done(), [2]);
        await trial.send(trial.name('one!a'), 1);
        assertIds(await first.done(), [1]);
      },
    },
    {
      title: 'of two prefixes and a normal channel are read by one receive',
      async check(trial) {
        const channels = trial.names('one!', 'two!', 'jobs');
        const sent = trial.names('two!b', 'jobs', 'one!a');
        for (const [id, channel] of sent.entries()) {
          await trial.send(channel, id);
          assertCame(await trial.take(channels), [[channel, id]]);
        }
        await trial.assertEmpty(channels);
      },
    },
    {
      title: 'keep the order of each local part',
      async check(trial) {
        const [server, a, b] = trial.names('server!', 'server!a', 'server!b');
        for (const id of range(20)) await trial.send(id % 3 === 0 ? a : b, id);
        const came = await trial.take(server, 20);
        const of = (name: string) => came.filter(({ channels }) => channels.includes(name));
        const [thirds, others] = [range(20).filter((id) => id % 3 === 0), range(20)];
        assertIds(of(a), thirds);
        assertIds(
          of(b),
          others.filter((id) => id % 3 !== 0),
        );
      },
    },
    {
      title: 'go to one of several readers of their prefix, each message once',
      async check(trial) {
        const [server, a] = trial.names('server!', 'server!a');
        const listeners = range(5).map(() => trial.listen(server));
        await trial.send(a, ...range(5));
        const came = await Promise.all(listeners.map((listener) => listener.done()));
        assertIds(came.flat().toSorted(byId), range(5));
        await trial.assertEmpty(server);
      },
    },
  ],
};

function byId(
  a: { content: Readonly<Record<string, unknown>> },
  b: { content: Readonly<Record<string, unknown>> },
): number {
  return Number(a.content['id']) - Number(b.content['id']);
}
