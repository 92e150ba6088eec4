import { setTimeout as wait } from 'node:timers/promises';
import { bareWs, ours } from './contenders.mjs';
import { knock } from './raw-socket.mjs';
import { withServer } from './remote-server.mjs';

/** @import { Contender } from './contenders.mjs' */
/** @import { RemoteServer } from './remote-server.mjs' */
/** @import { Bar, Row } from '../run.mjs' */

const RESETS = 1_000;
/** Lets V8 compile first, which takes heap too. */
const WARM_UP_ROUNDS = 3;
const AT_ONCE = 100;
const GUARD_MS = 50;
/** Is how much later each client of a batch resets than the one before: half outlive the guard. */
const STEP_MS = 1;
/** Is less than the smallest object that a leaked connection would hold. */
const LEAK_BYTES = 250;
const SETTLE_MS = 2_000;

/** @type {Row[]} */
export const rows = [bareWs, ours].map((contender) => ({
  name: rowOf(contender),
  measure: () => measure(contender),
}));

const oursReset = rowOf(ours);

/** @type {Bar[]} */
export const bars = [
  bar('connections left', 0),
  bar('files left open', 0),
  bar('heap bytes/reset', LEAK_BYTES),
];

/**
 * @param {string} figure
 * @param {number} atMost
 * @returns {Bar}
 */
function bar(figure, atMost) {
  return { title: `resets, ours: ${figure}`, row: oursReset, figure, atMost };
}

/** @param {Contender} contender */
function rowOf({ title }) {
  return `resets in an asynchronous guard: ${title}`;
}

/** @param {Contender} contender */
function measure(contender) {
  return withServer(contender, { guardMs: GUARD_MS }, async (server, port) => {
    for (let round = 0; round < WARM_UP_ROUNDS; round++) await resetAll(contender, port);
    const before = await settled(server);
    await resetAll(contender, port);
    const after = await settled(server);
    return {
      'connections left': after.connections,
      'files left open': after.files - before.files,
      'heap bytes/reset': (after.heapUsed - before.heapUsed) / RESETS,
    };
  });
}

/**
 * @param {Contender} contender
 * @param {number} port
 */
async function resetAll({ dialect }, port) {
  for (let count = 0; count < RESETS; count += AT_ONCE) {
    await Promise.all(
      Array.from({ length: AT_ONCE }, async (_, index) => {
        const socket = await knock(port, dialect);
        await wait(index * STEP_MS);
        socket.resetAndDestroy();
      }),
    );
  }
}

/** @param {RemoteServer} server */
async function settled(server) {
  await wait(SETTLE_MS);
  const { heapUsed } = await server.memory();
  return { heapUsed, connections: await server.connections(), files: await server.openFiles() };
}
