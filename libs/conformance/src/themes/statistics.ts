import assert from 'node:assert/strict';
import type { ChannelStatistics, LayerStatistics } from '@nest-channels/core';
import { assertIds, assertRejects } from '../expectations.js';
import { range } from '../range.js';
import type { Theme } from '../theme.js';
import type { Trial } from '../trial.js';

const NOTHING: ChannelStatistics = {
  messagesCount: 0,
  messagesCountPerSecond: 0,
  messagesPending: 0,
  messagesMaxAgeMs: 0,
  channelFullCount: 0,
  channelFullCountPerSecond: 0,
};

/** Are the facts about what a layer counts; all is sent and received by one handle. */
export const statistics: Theme = {
  title: 'statistics',
  needs: ['statistics'],
  facts: [
    {
      title: 'are zero at first, and for a channel that is not in use',
      async check(trial) {
        const { layer } = trial;
        const dropped = { full: 0, expired: 0, closed: 0, resilience: 0 };
        assertCounts(layer.statistics(), { ...NOTHING, messagesReceived: 0 });
        assert.deepEqual({ ...layer.statistics().dropped }, dropped);
        assertCounts(layer.channelStatistics(trial.name('jobs')), NOTHING);
      },
    },
    {
      title: 'count what was accepted, received and waits',
      async check(trial) {
        const jobs = trial.name('jobs');
        await sendAll(trial, jobs, 3);
        assertIds(await trial.take(jobs), [0]);
        const counts = { messagesCount: 3, messagesPending: 2 };
        assertCounts(trial.layer.statistics(), { ...counts, messagesReceived: 1 });
        assertCounts(trial.layer.channelStatistics(jobs), counts);
      },
    },
    {
      title: 'count a message handed to a waiting receiver as accepted and received',
      async check(trial) {
        const jobs = trial.name('jobs');
        const listener = trial.listen(jobs);
        await trial.settle();
        await sendAll(trial, jobs, 1);
        await listener.done();
        const counts = { messagesCount: 1, messagesReceived: 1, messagesPending: 0 };
        assertCounts(trial.layer.statistics(), counts);
      },
    },
    {
      title: 'count refused sends as full, and not as accepted',
      limits: { capacity: 2 },
      async check(trial) {
        const jobs = trial.name('jobs');
        await sendAll(trial, jobs, 2);
        await assertRejects('ChannelFull', sendAll(trial, jobs, 1));
        const counts = { messagesCount: 2, messagesPending: 2, channelFullCount: 1 };
        assertCounts(trial.layer.statistics(), counts);
        assertCounts(trial.layer.channelStatistics(jobs), counts);
        assert.equal(trial.layer.statistics().dropped.full, 1);
      },
    },
    {
      title: 'count expired messages',
      limits: { expiryMs: 1_000 },
      async check(trial) {
        const jobs = trial.name('jobs');
        await sendAll(trial, jobs, 2);
        await trial.advance(1_100);
        const expired = (): number => trial.layer.statistics().dropped.expired;
        await trial.assertEmptyUntil(jobs, 'expired messages are counted', () => expired() >= 2);
        const counts = { messagesCount: 2, messagesReceived: 0, messagesPending: 0 };
        assertCounts(trial.layer.statistics(), counts);
        assert.equal(expired(), 2);
      },
    },
    {
      title: 'count a prefix over all its local parts, and channels apart',
      async check(trial) {
        const [server, jobs] = trial.names('server!', 'jobs');
        for (const local of ['a', 'b']) await sendAll(trial, server + local, 2);
        await sendAll(trial, jobs, 1);
        assertCounts(trial.layer.channelStatistics(server), { messagesCount: 4 });
        assertCounts(trial.layer.channelStatistics(jobs), { messagesCount: 1 });
        assertCounts(trial.layer.statistics(), { messagesCount: 5, messagesPending: 5 });
      },
    },
    {
      title: 'count a group send once per reader it was queued for',
      needs: ['groups'],
      async check(trial) {
        const room = trial.name('room');
        for (const channel of trial.names('server!a', 'server!b', 'jobs')) {
          await trial.layer.groupAdd(room, channel);
        }
        await trial.layer.groupSend(room, { id: 1 });
        await trial.take(trial.name('server!'));
        const counts = { messagesCount: 2, messagesReceived: 1, messagesPending: 1 };
        assertCounts(trial.layer.statistics(), counts);
      },
    },
    {
      title: 'count a group send that found a reader full, and each member it missed',
      needs: ['groups'],
      limits: { mailboxCapacity: 1 },
      async check(trial) {
        const [room, server] = trial.names('room', 'server!');
        for (const local of ['a', 'b']) await trial.layer.groupAdd(room, server + local);
        await sendAll(trial, `${server}a`, 1);
        await trial.layer.groupSend(room, { id: 2 });
        assertCounts(trial.layer.statistics(), { messagesCount: 1, channelFullCount: 1 });
        assert.equal(trial.layer.statistics().dropped.full, 2);
      },
    },
    {
      title: 'tell the age of the oldest message that waits',
      async check(trial) {
        const [a, b] = trial.names('a', 'b');
        await sendAll(trial, a, 1);
        await trial.advance(400);
        await sendAll(trial, b, 1);
        const ages = [trial.layer.statistics(), trial.layer.channelStatistics(a)];
        for (const { messagesMaxAgeMs } of ages) {
          assert.ok(messagesMaxAgeMs >= 400 && messagesMaxAgeMs < 2_000, String(messagesMaxAgeMs));
        }
        assert.ok(trial.layer.channelStatistics(b).messagesMaxAgeMs < 400);
        await trial.take(a);
        assertCounts(trial.layer.channelStatistics(a), { messagesMaxAgeMs: 0 });
      },
    },
    {
      title: 'tell how many messages came per second, over the last ten whole ones',
      limits: { capacity: 20 },
      async check(trial) {
        const jobs = trial.name('jobs');
        await sendAll(trial, jobs, 20);
        await assertRejects('ChannelFull', sendAll(trial, jobs, 1));
        await trial.advance(2_100);
        const counts = { messagesCountPerSecond: 2, channelFullCountPerSecond: 0.1 };
        assertCounts(trial.layer.statistics(), counts);
        assertCounts(trial.layer.channelStatistics(jobs), counts);
      },
    },
    {
      title: 'add up: what was accepted is received, waits or is counted as lost',
      limits: { capacity: 5, expiryMs: 1_000 },
      async check(trial) {
        const [a, b] = trial.names('a', 'b');
        await sendAll(trial, a, 5);
        await assertRejects('ChannelFull', sendAll(trial, a, 1));
        await trial.take(a, 2);
        await trial.advance(600);
        await sendAll(trial, b, 3);
        await trial.advance(600);
        await trial.take([a, b]);
        assertConserved(trial.layer.statistics(), 8);
      },
    },
    {
      title: 'add up after a flush too',
      needs: ['flush'],
      async check(trial) {
        await sendAll(trial, trial.name('jobs'), 3);
        await trial.take(trial.name('jobs'));
        await trial.layer.flush();
        await sendAll(trial, trial.name('jobs'), 1);
        assert.equal(trial.layer.statistics().messagesPending, 1);
        assertConserved(trial.layer.statistics(), trial.layer.statistics().messagesCount);
      },
    },
  ],
};

async function sendAll(trial: Trial, channel: string, count: number): Promise<void> {
  for (const id of range(count)) await trial.layer.send(channel, { id });
}

/** Asserts the counts that a test is about, and lets the others be. */
function assertCounts(actual: ChannelStatistics, expected: Partial<LayerStatistics>): void {
  const counts: Readonly<Record<string, unknown>> = { ...actual };
  const relevant = Object.keys(expected).map((key) => [key, counts[key]]);
  assert.deepEqual(Object.fromEntries(relevant), { ...expected });
}

function assertConserved(counts: LayerStatistics, accepted: number): void {
  const { messagesCount, messagesReceived, messagesPending, dropped } = counts;
  const lost = dropped.expired + dropped.closed + dropped.resilience;
  assert.equal(messagesCount, accepted);
  assert.equal(messagesReceived + messagesPending + lost, accepted);
}
