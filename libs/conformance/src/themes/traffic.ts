import assert from 'node:assert/strict';
import type { Received } from '@nest-channels/core';
import { assertIds, assertSameMembers, idsOf } from '../expectations.js';
import { range } from '../range.js';
import type { Theme } from '../theme.js';
import type { Trial } from '../trial.js';
import { turns } from '../turns.js';

const SENDERS = 5;
const MESSAGES = 40;

/** Are the facts about many senders and receivers at once. */
export const traffic: Theme = {
  title: 'traffic of many senders and receivers',
  facts: [
    {
      title: 'is delivered completely and without duplicates to several receivers',
      async check(trial) {
        const jobs = trial.name('jobs');
        const [came] = await Promise.all([receiveByMany(trial, jobs), sendByMany(trial, [jobs])]);
        assert.deepEqual(new Set(idsOf(came)), new Set(allIds()));
        assert.equal(came.length, SENDERS * MESSAGES);
        await trial.assertEmpty(jobs);
      },
    },
    {
      title: 'reaches one receiver in the order of each sender',
      async check(trial) {
        const jobs = trial.name('jobs');
        const count = SENDERS * MESSAGES;
        const [came] = await Promise.all([trial.take(jobs, count), sendByMany(trial, [jobs])]);
        for (const sender of range(SENDERS)) assertIds(from(came, sender), idsOfSender(sender));
        await trial.assertEmpty(jobs);
      },
    },
    {
      title: 'keeps its order in each of several channels that one receiver reads',
      async check(trial) {
        const [a, b, server] = trial.names('a', 'b', 'server!');
        const targets = [a, b, `${server}x`, `${server}y`];
        const [came] = await Promise.all([
          trial.take([a, server, b], SENDERS * MESSAGES),
          sendByMany(trial, targets),
        ]);
        for (const target of targets) {
          const onTarget = came.filter(({ channels }) => channels.includes(target));
          for (const sender of range(SENDERS)) assertRising(idsOf(from(onTarget, sender)));
        }
      },
    },
    {
      title: 'survives receivers that come and go',
      async check(trial) {
        const [jobs, server] = trial.names('jobs', 'server!');
        const sending = sendByMany(trial, [jobs, `${server}a`, `${server}b`]);
        const came: Received[] = [];
        for (const round of range(100)) came.push(...(await crowd(trial, [jobs, server], round)));
        await sending;
        came.push(...(await trial.take([jobs, server], SENDERS * MESSAGES - came.length)));
        assertSameMembers(idsOf(came).map(String), allIds());
        await trial.assertEmpty([jobs, server]);
      },
    },
  ],
};

/** Sends all that the senders have, each in its order and all at the same time. */
async function sendByMany(trial: Trial, targets: readonly string[]): Promise<void> {
  const sendAll = async (sender: number): Promise<void> => {
    const handle = sender % 2 === 0 ? trial.layer : trial.sender;
    for (const [index, id] of idsOfSender(sender).entries()) {
      await handle.send(targets[index % targets.length], { id, sender });
      if (index % (sender + 2) === 0) await turns();
    }
  };
  await Promise.all(range(SENDERS).map(sendAll));
}

/** Receives with four receivers until all has come. */
async function receiveByMany(trial: Trial, jobs: string): Promise<Received[]> {
  const came: Received[] = [];
  const count = SENDERS * MESSAGES;
  while (came.length < count) {
    const first = trial.listen(jobs, 3);
    const others = range(3).map(() => trial.listen(jobs));
    came.push(...(await first.done()));
    for (const other of others) other.abort();
    for (const other of others) came.push(...(await other.done()));
  }
  return came;
}

/** Starts three receivers, ends each after some turns, and returns what they got. */
async function crowd(trial: Trial, channels: string[], round: number): Promise<Received[]> {
  const listeners = range(3).map((index) => trial.listen(channels, index + 1));
  for (const listener of listeners) {
    await turns(round % 3);
    listener.abort();
  }
  const came = await Promise.all(listeners.map((listener) => listener.done()));
  return came.flat();
}

function idsOfSender(sender: number): string[] {
  return range(MESSAGES).map((index) => `${sender}-${String(index).padStart(3, '0')}`);
}

function allIds(): string[] {
  return range(SENDERS).flatMap(idsOfSender);
}

function from(messages: readonly Received[], sender: number): Received[] {
  return messages.filter(({ content }) => content['sender'] === sender);
}

function assertRising(ids: readonly unknown[]): void {
  const texts = ids.map(String);
  assert.deepEqual(texts, texts.toSorted());
}
