import assert from 'node:assert/strict';
import type { EventEmitter } from 'node:events';
import type { LayerEventMap } from '@nest-channels/core';
import { assertRejects, assertSame } from '../expectations.js';
import type { Theme } from '../theme.js';
import type { Trial } from '../trial.js';

/** Are the facts about what a layer tells; the handle that it happens to tells it. */
export const events: Theme = {
  title: 'events',
  facts: [
    {
      title: 'tell of a refused send',
      limits: { capacity: 1 },
      async check(trial) {
        const jobs = trial.name('jobs');
        const told = listenTo(trial, 'full');
        await trial.layer.send(jobs, { id: 1 });
        await assertRejects('ChannelFull', trial.layer.send(jobs, { id: 2 }));
        await trial.until('a full channel is told', () => told.length > 0);
        assertSame(told, [{ channel: jobs, capacity: 1, messages: 1 }]);
      },
    },
    {
      title: 'tell of a full mailbox by the name up to its mark',
      limits: { mailboxCapacity: 1 },
      async check(trial) {
        const server = trial.name('server!');
        const told = listenTo(trial, 'full');
        await trial.layer.send(`${server}a`, { id: 1 });
        await assertRejects('ChannelFull', trial.layer.send(`${server}b`, { id: 2 }));
        await trial.until('a full channel is told', () => told.length > 0);
        assertSame(told, [{ channel: server, capacity: 1, messages: 1 }]);
      },
    },
    {
      title: 'tell of each group member whose copy was dropped',
      needs: ['groups'],
      limits: { mailboxCapacity: 1 },
      async check(trial) {
        const [room, server] = trial.names('room', 'server!');
        const told = listenTo(trial, 'full');
        for (const local of ['a', 'b']) await trial.layer.groupAdd(room, server + local);
        await trial.layer.send(`${server}a`, { id: 1 });
        await trial.layer.groupSend(room, { id: 2 });
        await trial.until('a full channel is told', () => told.length > 0);
        assertSame(told, [{ channel: server, capacity: 1, messages: 2 }]);
      },
    },
    {
      title: 'tell of messages that expired, by channel and number',
      limits: { expiryMs: 1_000 },
      async check(trial) {
        const jobs = trial.name('jobs');
        const told = listenTo(trial, 'expired');
        for (const id of [1, 2, 3]) await trial.layer.send(jobs, { id });
        await trial.take(jobs);
        await trial.advance(1_100);
        const count = (): number => told.reduce((sum, { messages }) => sum + messages, 0);
        await trial.assertEmptyUntil(jobs, 'expired messages are told', () => count() >= 2);
        assert.equal(count(), 2);
        assert.ok(told.every(({ channel }) => channel === jobs));
      },
    },
    {
      title: 'are not told when all goes well',
      async check(trial) {
        const told = [
          listenTo(trial, 'full'),
          listenTo(trial, 'expired'),
          listenTo(trial, 'dropped'),
        ];
        const jobs = trial.name('jobs');
        await trial.layer.send(jobs, { id: 1 });
        await trial.assertTakes(jobs, [1]);
        assert.deepEqual(told.flat(), []);
      },
    },
    {
      title: 'break nothing when their listener throws',
      limits: { capacity: 1, expiryMs: 1_000 },
      async check(trial) {
        const jobs = trial.name('jobs');
        trial.layer.events.on('full', fail).on('expired', fail);
        await trial.layer.send(jobs, { id: 1 });
        await assertRejects('ChannelFull', trial.layer.send(jobs, { id: 2 }));
        await trial.advance(1_100);
        await trial.assertEmpty(jobs);
        await trial.layer.send(jobs, { id: 3 });
        await trial.assertTakes(jobs, [3]);
      },
    },
  ],
};

function listenTo<Name extends 'full' | 'expired' | 'dropped'>(trial: Trial, name: Name) {
  const told: LayerEventMap[Name][0][] = [];
  // The type of a listener cannot be told for a name that is a parameter.
  const emitter: EventEmitter = trial.layer.events;
  emitter.on(name, (event: LayerEventMap[Name][0]) => void told.push(event));
  return told;
}

function fail(): never {
  throw new Error('a listener of the conformance suite throws');
}
