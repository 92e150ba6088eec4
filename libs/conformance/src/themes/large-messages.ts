import assert from 'node:assert/strict';
import type { Content } from '@nest-channels/core';
import { plain } from '../expectations.js';
import { range } from '../range.js';
import type { Theme } from '../theme.js';
import type { Trial } from '../trial.js';

/** Leaves the encoding of a message some of the 1,048,576 bytes for itself. */
const BYTES = 1_048_000;

/** Are the facts about messages of a megabyte. */
export const largeMessages: Theme = {
  title: 'large messages',
  facts: [
    {
      title: 'carries 1 MiB of bytes',
      check: (trial) => assertCarried(trial, 'jobs', { bytes: Buffer.alloc(BYTES, 'nest') }),
    },
    {
      title: 'carries 1 MiB of text in characters of three bytes',
      check: (trial) => assertCarried(trial, 'jobs', { text: '☃'.repeat(Math.floor(BYTES / 3)) }),
    },
    {
      title: 'carries 1 MiB in 100,000 values',
      check: (trial) => assertCarried(trial, 'jobs', { list: range(100_000).map(String) }),
    },
    {
      title: 'carries 1 MiB to a process-specific channel',
      check: (trial) => assertCarried(trial, 'server!a', { bytes: Buffer.alloc(BYTES, 1) }),
    },
    {
      title: 'carries 1 MiB to the members of a group',
      needs: ['groups'],
      async check(trial) {
        const [room, a, b] = trial.names('room', 'a', 'b');
        for (const channel of [a, b]) await trial.layer.groupAdd(room, channel);
        await trial.sender.groupSend(room, { bytes: Buffer.alloc(BYTES, 1) });
        for (const channel of [a, b]) {
          assertCarriedWhole((await trial.take(channel))[0].content, {
            bytes: Buffer.alloc(BYTES, 1),
          });
        }
      },
    },
    {
      title: 'keeps its order among small ones',
      async check(trial) {
        const jobs = trial.name('jobs');
        await trial.send(jobs, 1);
        await trial.sender.send(jobs, { id: 2, bytes: Buffer.alloc(BYTES) });
        await trial.send(jobs, 3);
        await trial.assertTakes(jobs, [1, 2, 3]);
      },
    },
  ],
};

async function assertCarried(trial: Trial, word: string, sent: Content): Promise<void> {
  const channel = trial.name(word);
  await trial.sender.send(channel, structuredClone(sent));
  const [received] = await trial.take(channel.replace(/!.*/, '!'));
  assertCarriedWhole(received.content, sent);
}

/** Compares texts, because the report of a difference would take longer than the test. */
function assertCarriedWhole(received: Content, sent: Content): void {
  assert.ok(JSON.stringify(plain(received)) === JSON.stringify(plain(sent)), 'arrives unchanged');
}
