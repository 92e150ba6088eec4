import assert from 'node:assert/strict';
import { memoryLayer, nonLocalName, snapshot } from '@nest-channels/core';
import { watchEventLoop } from '../event-loop.mjs';
import { spread } from '../report.mjs';
import { stopwatch } from '../stopwatch.mjs';
import { frame } from './content.mjs';
import { GROUP, join, MEMBERS, names, spreads } from './members.mjs';

/** @import { ChannelLayer } from '@nest-channels/core' */
/** @import { Bar, Figures, Row } from '../run.mjs' */

const SENDS = 10;
const UNREAD = '100,000 normal channels, nothing read';
const PEER = 'peer: a copy pushed to each of 100,000 arrays';

/** @type {Row[]} */
export const rows = [
  ...Object.entries(spreads).map(([name, nameOf]) => ({
    name: rowOf(name),
    measure: () => measureGroup(names(nameOf, MEMBERS)),
  })),
  {
    name: rowOf(UNREAD),
    measure: () => measureGroup(names(spreads['100,000 normal channels'], MEMBERS), async () => {}),
  },
  { name: PEER, measure: measureArrays },
  { name: 'peer: nothing to do', measure: measureNothing },
];

/** @type {Bar[]} */
export const bars = [
  ...[...Object.keys(spreads), UNREAD].map((name) => ({
    title: `${rowOf(name)}: longest hold, ms`,
    row: rowOf(name),
    figure: 'longest hold, ms',
    atMost: 5,
  })),
  ...Object.keys(spreads).map((name) => ({
    title: `time of ${rowOf(name)} ÷ ${PEER}`,
    row: rowOf(name),
    over: PEER,
    figure: 'total, ms',
  })),
];

/** @param {string} spreadName */
function rowOf(spreadName) {
  return `group send: ${spreadName}`;
}

/**
 * @param {readonly string[]} members
 * @param {(layer: ChannelLayer, readers: readonly string[]) => Promise<void>} [read]
 */
async function measureGroup(members, read = readAll) {
  const layer = memoryLayer();
  const readers = [...new Set(members.map(nonLocalName))];
  await join(layer, members);
  return holds(
    (order) => layer.groupSend(GROUP, frame(order)),
    () => read(layer, readers),
  );
}

async function measureArrays() {
  /** @type {unknown[][]} */
  const queues = Array.from({ length: MEMBERS }, () => []);
  return holds(
    async (order) => {
      const content = frame(order);
      for (const queue of queues) queue.push(snapshot(content));
    },
    async () => queues.forEach((queue) => queue.shift()),
  );
}

/** Is the floor of what can be measured: the stretches that the machine itself causes. */
async function measureNothing() {
  return holds(
    () => new Promise((resolve) => setTimeout(resolve, 100)),
    async () => undefined,
  );
}

/**
 * Sends ten times, after a garbage collection each time, and reads what was sent between the sends.
 *
 * @param {(order: number) => Promise<void>} send
 * @param {() => Promise<void>} read
 * @returns {Promise<Figures>}
 */
async function holds(send, read) {
  const holdsMs = [];
  const totalsMs = [];
  for (let order = 0; order < SENDS; order++) {
    globalThis.gc();
    const loop = watchEventLoop();
    const elapsedMs = stopwatch();
    await send(order);
    totalsMs.push(elapsedMs());
    holdsMs.push(await loop.stop());
    await read();
  }
  return {
    'longest hold, ms': Math.max(...holdsMs),
    'longest hold of the median send, ms': spread(holdsMs).median,
    'total, ms': spread(totalsMs).median,
  };
}

/**
 * Reads everything, which has to be a message for each member.
 *
 * @param {ChannelLayer} layer
 * @param {readonly string[]} readers
 */
async function readAll(layer, readers) {
  const { signal } = new AbortController();
  let members = 0;
  for (const reader of readers) {
    const messages = await layer.receive([reader], { signal, max: 64 });
    for (const { channels } of messages) members += channels.length;
  }
  assert.equal(members, MEMBERS);
}
