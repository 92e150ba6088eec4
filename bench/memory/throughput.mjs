import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Channel, memoryLayer, SendScopes, systemClock } from '@nest-channels/core';
import { stopwatch } from '../stopwatch.mjs';
import { frame } from './content.mjs';
import { paths } from './paths.mjs';
import { peers } from './peers.mjs';

/** @import { Ends, Path } from './paths.mjs' */
/** @import { Bar, Row } from '../run.mjs' */

const MESSAGES = 1_024_000;
const WARM_UP = 204_800;
/** Is how many messages are moved in one turn of the event loop. */
const TURN = 1_024;
const IDLE_CHANNELS = 10_000;

const figure = 'messages/s';
/** Are reported without a bar: the cost of the one is its scope's, of the other its abort listener's. */
const WITHOUT_BAR = new Set([
  'facade: 64 sends in a scope, receive 64',
  'layer: receive waits, send',
]);
const COMPARED_WITH_PEERS = [
  'layer: send, receive',
  'layer: subscribe, send',
  'facade: send, receive',
];

/** @type {Row[]} */
export const rows = [
  ...Object.entries(paths).flatMap(([name, path]) => [
    { name, measure: () => rate(path(freshEnds())) },
    { name: besideIdle(name), measure: async () => rate(path(await endsBesideIdle())) },
  ]),
  ...Object.entries(peers).map(([name, path]) => ({ name, measure: () => rate(path()) })),
];

/** @type {Bar[]} */
export const bars = [
  ...Object.keys(paths).map((row) => ({
    title: `${row}: messages/s`,
    row,
    figure,
    atLeast: WITHOUT_BAR.has(row) ? undefined : 1_000_000,
  })),
  ...Object.keys(paths).map((row) => ({
    title: `${row}: time beside 10,000 idle ÷ alone`,
    row,
    over: besideIdle(row),
    figure,
    atMost: 1.1,
  })),
  ...COMPARED_WITH_PEERS.flatMap((path) =>
    Object.keys(peers).map((peer) => ({
      title: `time of ${path} ÷ ${peer}`,
      row: peer,
      over: path,
      figure,
    })),
  ),
];

/** @param {string} path */
function besideIdle(path) {
  return `${path}, beside 10,000 idle`;
}

/** @returns {Ends} */
function freshEnds() {
  const layer = memoryLayer();
  const scopes = new SendScopes(systemClock);
  return { layer, scopes, channel: new Channel('jobs', layer, scopes) };
}

async function endsBesideIdle() {
  const ends = freshEnds();
  for (let index = 0; index < IDLE_CHANNELS; index++) {
    await ends.layer.send(`idle.${index}`, frame(index));
  }
  return ends;
}

/** @param {Path} path */
async function rate(path) {
  await move(path, WARM_UP);
  globalThis.gc();
  const elapsedMs = stopwatch();
  await move(path, MESSAGES);
  return { [figure]: (MESSAGES / elapsedMs()) * 1_000 };
}

/**
 * @param {Path} path
 * @param {number} messages
 */
async function move(path, messages) {
  for (let moved = 0; moved < messages; moved += TURN) {
    assert.equal(await path(TURN), TURN);
    await nextTurn();
  }
}
