import type { ChannelLayer, LayerExtension } from '@nest-channels/core';
import { assertIds, assertRejects } from '../expectations.js';
import type { Fact, Theme } from '../theme.js';

type Call = (layer: ChannelLayer) => Promise<unknown>;

/** Are the methods that work no more, each with what makes it one of the layer's. */
const CALLS: Readonly<Record<string, readonly [call: Call, ...needs: LayerExtension[]]>> = {
  send: [(layer) => layer.send('jobs', { id: 1 })],
  receive: [(layer) => layer.receive(['jobs'], { signal: new AbortController().signal })],
  newChannel: [(layer) => layer.newChannel('body?')],
  closeChannel: [(layer) => layer.closeChannel('server!a')],
  groupAdd: [(layer) => layer.groupAdd('room', 'a'), 'groups'],
  groupDiscard: [(layer) => layer.groupDiscard('room', 'a'), 'groups'],
  groupSend: [(layer) => layer.groupSend('room', { id: 1 }), 'groups'],
  groupChannels: [(layer) => layer.groupChannels('room'), 'groups'],
  flush: [(layer) => layer.flush(), 'flush'],
};

/** Are the facts about the end of a layer. */
export const close: Theme = {
  title: 'close',
  facts: [
    {
      title: 'ends every receive that waits, with no message',
      async check(trial) {
        const channels = [trial.names('a'), trial.names('a', 'b'), trial.names('server!')];
        const listeners = channels.map((names) => trial.listen(names));
        await trial.settle();
        await trial.layer.close();
        for (const listener of listeners) assertIds(await listener.done(), []);
      },
    },
    {
      title: 'can be called again',
      async check({ layer }) {
        await Promise.all([layer.close(), layer.close()]);
        await layer.close();
      },
    },
    {
      title: 'refuses what is sent from then on, while it is under way too',
      async check(trial) {
        const jobs = trial.name('jobs');
        const listener = trial.listen(jobs);
        await trial.settle();
        const closed = trial.layer.close();
        const sent = trial.layer.send(jobs, { id: 1 });
        await assertRejects('LayerUnavailable', sent);
        await closed;
        assertIds(await listener.done(), []);
      },
    },
    {
      title: 'ends receives that are aborted at the same time',
      async check(trial) {
        const jobs = trial.name('jobs');
        const [before, after] = [trial.listen(jobs), trial.listen(jobs)];
        await trial.settle();
        before.abort();
        const closed = trial.layer.close();
        after.abort();
        await closed;
        for (const listener of [before, after]) assertIds(await listener.done(), []);
      },
    },
    ...Object.entries(CALLS).map(([method, [call, ...needs]]): Fact => ({
      title: `makes a later ${method} fail`,
      needs,
      async check({ layer }) {
        await layer.close();
        await assertRejects('LayerUnavailable', call(layer));
      },
    })),
  ],
};
