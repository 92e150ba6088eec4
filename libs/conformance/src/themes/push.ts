import assert from 'node:assert/strict';
import type { Received, Subscription } from '@nest-channels/core';
import { assertCame, assertIds, assertSameMembers, assertThrows, idsOf } from '../expectations.js';
import { range } from '../range.js';
import type { Theme } from '../theme.js';
import type { Trial } from '../trial.js';

/** Are the facts about standing receives. */
export const push: Theme = {
  title: 'subscribe',
  needs: ['push'],
  facts: [
    {
      title: 'hands over messages as they come, in their order',
      async check(trial) {
        const jobs = trial.name('jobs');
        const inbox = subscribe(trial, [jobs]);
        await trial.send(jobs, ...range(20));
        await came(trial, inbox, 20);
        assertIds(inbox.messages, range(20));
        assertCame(inbox.messages.slice(0, 1), [[jobs, 0]]);
        await trial.assertEmpty(jobs);
      },
    },
    {
      title: 'hands over what waited before, and then what comes',
      async check(trial) {
        const jobs = trial.name('jobs');
        await trial.send(jobs, 1, 2);
        const inbox = subscribe(trial, [jobs]);
        await trial.send(jobs, 3);
        await came(trial, inbox, 3);
        assertIds(inbox.messages, [1, 2, 3]);
      },
    },
    {
      title: 'hands over the messages of all its channels, process-specific ones by full names',
      async check(trial) {
        const channels = trial.names('jobs', 'server!');
        const inbox = subscribe(trial, channels);
        const sentTo = trial.names('server!a', 'jobs', 'server!b');
        for (const [id, channel] of sentTo.entries()) {
          await trial.send(channel, id);
          await came(trial, inbox, id + 1);
        }
        assertCame(
          inbox.messages,
          [...sentTo.entries()].map(([id, channel]) => [channel, id]),
        );
      },
    },
    {
      title: 'hands over a group message once, with the names of all its members',
      needs: ['groups'],
      async check(trial) {
        const [room, server, a, b] = trial.names('room', 'server!', 'server!a', 'server!b');
        for (const channel of [a, b]) await trial.layer.groupAdd(room, channel);
        const inbox = subscribe(trial, [server]);
        await trial.sender.groupSend(room, { id: 1 });
        await came(trial, inbox, 1);
        await trial.settle();
        assertIds(inbox.messages, [1]);
        assertSameMembers(inbox.messages[0].channels, [a, b]);
      },
    },
    {
      title: 'leaves messages in their channels while it is paused',
      async check(trial) {
        const jobs = trial.name('jobs');
        const inbox = subscribe(trial, [jobs]);
        inbox.subscription.pause();
        await trial.send(jobs, 1, 2);
        await trial.settle();
        assertIds(inbox.messages, []);
        assertIds(await trial.take(jobs), [1]);
        inbox.subscription.resume();
        await came(trial, inbox, 1);
        await trial.send(jobs, 3);
        await came(trial, inbox, 2);
        assertIds(inbox.messages, [2, 3]);
      },
    },
    {
      title: 'can be paused by its listener, which then gets no further message',
      async check(trial) {
        const jobs = trial.name('jobs');
        const inbox: Inbox = subscribe(trial, [jobs], () => inbox.subscription.pause());
        inbox.subscription.pause();
        await trial.send(jobs, 1, 2, 3);
        for (const count of [1, 2, 3]) {
          inbox.subscription.resume();
          await came(trial, inbox, count);
          await trial.settle();
          assertIds(inbox.messages, [1, 2, 3].slice(0, count));
        }
      },
    },
    {
      title: 'leaves messages in their channels once it is closed',
      async check(trial) {
        const jobs = trial.name('jobs');
        const inbox = subscribe(trial, [jobs]);
        await trial.send(jobs, 1);
        await came(trial, inbox, 1);
        inbox.subscription.close();
        inbox.subscription.close();
        await trial.send(jobs, 2);
        await trial.assertTakes(jobs, [2]);
        assertIds(inbox.messages, [1]);
      },
    },
    {
      title: 'stays closed when it is resumed',
      async check(trial) {
        const jobs = trial.name('jobs');
        const inbox = subscribe(trial, [jobs]);
        inbox.subscription.pause();
        inbox.subscription.close();
        inbox.subscription.resume();
        await trial.send(jobs, 1);
        await trial.assertTakes(jobs, [1]);
        assertIds(inbox.messages, []);
      },
    },
    {
      title: 'stands in line with waiting receivers',
      async check(trial) {
        const jobs = trial.name('jobs');
        const first = trial.listen(jobs);
        await trial.settle();
        const inbox = subscribe(trial, [jobs]);
        const last = trial.listen(jobs);
        await trial.settle();
        await trial.send(jobs, 1, 2, 3, 4);
        assertIds(await first.done(), [1]);
        assertIds(await last.done(), [3]);
        await came(trial, inbox, 2);
        assertIds(inbox.messages, [2, 4]);
      },
    },
    {
      title: 'hands each message to one of several subscriptions, and all get some',
      async check(trial) {
        const jobs = trial.name('jobs');
        const inboxes = range(3).map(() => subscribe(trial, [jobs]));
        await trial.send(jobs, ...range(30));
        const all = (): Received[] => inboxes.flatMap(({ messages }) => messages);
        await trial.until('30 messages come', () => all().length >= 30);
        await trial.settle();
        assert.deepEqual(idsOf(all()).toSorted(byNumber), range(30));
        assert.ok(inboxes.every(({ messages }) => messages.length > 0));
      },
    },
    {
      title: 'hands over nothing whose time is over',
      limits: { expiryMs: 1_000 },
      async check(trial) {
        const jobs = trial.name('jobs');
        const inbox = subscribe(trial, [jobs]);
        inbox.subscription.pause();
        await trial.send(jobs, 1);
        await trial.advance(600);
        await trial.send(jobs, 2);
        await trial.advance(600);
        inbox.subscription.resume();
        await came(trial, inbox, 1);
        assertIds(inbox.messages, [2]);
      },
    },
    {
      title: 'is served also by what its listener sends',
      async check(trial) {
        const jobs = trial.name('jobs');
        const answers: Promise<void>[] = [];
        const inbox = subscribe(trial, [jobs], (messages) => {
          if (messages.length < 5) answers.push(trial.send(jobs, messages.length));
        });
        await trial.send(jobs, 0);
        await came(trial, inbox, 5);
        await Promise.all(answers);
        assertIds(inbox.messages, range(5));
      },
    },
    {
      title: 'refuses names that cannot be received from, at once',
      async check(trial) {
        for (const ending of ['!a', '?', ' a', '']) {
          const names = [trial.name('jobs'), ending === '' ? '' : trial.name(`a${ending}`)];
          assertThrows('InvalidName', () => trial.layer.subscribe(names, ignore));
        }
      },
    },
    {
      title: 'ends when the layer closes, after which there is no other',
      async check(trial) {
        const jobs = trial.name('jobs');
        const inbox = subscribe(trial, [jobs]);
        await trial.layer.close();
        inbox.subscription.resume();
        inbox.subscription.close();
        assertIds(inbox.messages, []);
        assertThrows('LayerUnavailable', () => trial.layer.subscribe([jobs], ignore));
      },
    },
  ],
};

/** Is a subscription with what it was handed so far. */
interface Inbox {
  readonly messages: Received[];
  readonly subscription: Subscription;
}

function subscribe(
  trial: Trial,
  channels: readonly string[],
  onMessage: (messages: readonly Received[]) => void = ignore,
): Inbox {
  const messages: Received[] = [];
  const subscription = trial.layer.subscribe(channels, (message) => {
    messages.push(message);
    onMessage(messages);
  });
  return { messages, subscription };
}

function came(trial: Trial, { messages }: Inbox, count: number): Promise<void> {
  return trial.until(`${count} messages are handed over`, () => messages.length >= count);
}

function byNumber(a: unknown, b: unknown): number {
  return Number(a) - Number(b);
}

function ignore(): void {
  // Some tests look at nothing that comes.
}
