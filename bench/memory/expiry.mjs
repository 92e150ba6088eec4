import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { memoryLayer, systemClock } from '@nest-channels/core';
import { watchEventLoop } from '../event-loop.mjs';
import { frame } from './content.mjs';
import { GROUP, join, MEMBERS, names, spreads } from './members.mjs';

/** @import { ChannelLayer, Clock } from '@nest-channels/core' */
/** @import { Bar, Row } from '../run.mjs' */

const MESSAGES = 100_000;
const EXPIRY_MS = 500;
/** Is how long after their time the last messages must be counted as expired. */
const GRACE_MS = 2_000;

/** @type {Record<string, (layer: ChannelLayer) => Promise<void>>} */
const loads = {
  'expiry: 100,000 channels, a message each': async (layer) => {
    for (let index = 0; index < MESSAGES; index++) await layer.send(`jobs.${index}`, frame(index));
  },
  'expiry: one channel, 100,000 messages': async (layer) => {
    for (let index = 0; index < MESSAGES; index++) await layer.send('jobs', frame(index));
  },
  'expiry: a group message to one mailbox of 100,000': async (layer) => {
    await join(layer, names(spreads['one mailbox of 100,000'], MEMBERS));
    await layer.groupSend(GROUP, frame(0));
  },
};

/** @type {Row[]} */
export const rows = Object.entries(loads).map(([name, load]) => ({
  name,
  measure: () => measureExpiry(load),
}));

/** @type {Bar[]} */
export const bars = Object.keys(loads).map((row) => ({
  title: `${row}: longest hold, ms`,
  row,
  figure: 'longest hold, ms',
}));

/** @param {(layer: ChannelLayer) => Promise<void>} load */
async function measureExpiry(load) {
  const clock = stoppableClock();
  const layer = memoryLayer({ capacity: MESSAGES, expiryMs: EXPIRY_MS, clock });
  let expired = 0;
  layer.events.on('expired', ({ messages }) => (expired += messages));
  clock.stop();
  await load(layer);
  const { messagesPending } = layer.statistics();
  globalThis.gc();
  const loop = watchEventLoop();
  clock.go();
  await sleep(EXPIRY_MS + GRACE_MS);
  const longestMs = await loop.stop();
  assert.ok(expired >= messagesPending, `${expired} of ${messagesPending} expired`);
  return { 'longest hold, ms': longestMs };
}

/**
 * Is the system's clock, held while messages are sent: all then expire in the same millisecond,
 * which is the worst case.
 *
 * @returns {Clock & { stop(): void, go(): void }}
 */
function stoppableClock() {
  let behindMs = 0;
  let stoppedAt = NaN;
  const now = () => (Number.isNaN(stoppedAt) ? systemClock.now() - behindMs : stoppedAt);
  return {
    now,
    setTimer: (callback, delayMs, options) => systemClock.setTimer(callback, delayMs, options),
    stop: () => void (stoppedAt = now()),
    go() {
      behindMs = systemClock.now() - stoppedAt;
      stoppedAt = NaN;
    },
  };
}
