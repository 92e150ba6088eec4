import { Audience, broadcastOften } from '../sockets/broadcast.mjs';
import { daphne, ours, socketIo } from '../sockets/contenders.mjs';
import { listenAll } from '../sockets/listener.mjs';
import { latencies } from '../sockets/percentile.mjs';
import { isAncestorHere } from './python/ancestor.mjs';
import { cpuMsOf, withSplit } from './split.mjs';

/** @import { Contender } from '../sockets/contenders.mjs' */
/** @import { Bar, Row } from '../run.mjs' */

const CLIENTS = 10_000;
const SERVERS = 2;
const WARM_UP = 10;
const ROUNDS = 30;

const ourRow = `broadcast to ${CLIENTS} on ${SERVERS} servers: nest-channels over Redis`;
const theirRow = `broadcast to ${CLIENTS} on ${SERVERS} servers: Socket.IO with its Redis adapter`;
const ancestorRow = `broadcast to ${CLIENTS} on ${SERVERS} servers: Daphne and Channels`;
const CPU = 'CPU µs/delivery';

/** @type {Row[]} */
export const rows = [
  { name: ourRow, measure: () => measured(ours, { hasWorker: true }) },
  { name: theirRow, measure: () => measured(socketIo, { hasWorker: false }) },
  ...(isAncestorHere
    ? [{ name: ancestorRow, measure: () => measured(daphne, { hasWorker: false }) }]
    : []),
];

/** @type {Bar[]} */
export const bars = [
  bar('p99 ms', 1),
  bar('p99 ms of the last', undefined),
  bar('p50 ms', undefined),
  bar(CPU, undefined),
  ...(isAncestorHere ? ['p99 ms', CPU].map(overAncestor) : []),
];

/**
 * @param {string} figure
 * @param {number} [atMost]
 * @returns {Bar}
 */
function bar(figure, atMost) {
  const title = `broadcast on ${SERVERS} servers, ${figure}: ours ÷ Socket.IO`;
  return { title, row: ourRow, over: theirRow, figure, atMost };
}

/**
 * @param {string} figure
 * @returns {Bar}
 */
function overAncestor(figure) {
  const title = `broadcast on ${SERVERS} servers, ${figure}: ours ÷ Daphne and Channels`;
  return { title, row: ourRow, over: ancestorRow, figure };
}

/**
 * Broadcasts from a worker where there is one, else from the first server.
 *
 * @param {Contender} contender
 * @param {{ hasWorker: boolean }} options
 */
function measured({ server, dialect }, { hasWorker }) {
  const what = { server, servers: SERVERS, hasWorker, options: { joins: true } };
  return withSplit(what, async ({ servers, workers }, ports) => {
    const [sender] = [...workers, ...servers];
    const listeners = await Promise.all(
      ports.map((port) => listenAll(CLIENTS / SERVERS, port, dialect)),
    );
    const audience = new Audience(listeners.flat());
    await broadcastOften(sender, audience, WARM_UP);
    const processes = [...servers, ...workers];
    const cpuMs = await cpuMsOf(processes);
    const { all, last } = await broadcastOften(sender, audience, ROUNDS);
    const usedMs = (await cpuMsOf(processes)) - cpuMs;
    return {
      [CPU]: (usedMs * 1e3) / (CLIENTS * ROUNDS),
      ...latencies(all),
      'p99 ms of the last': latencies(last)['p99 ms'],
    };
  });
}
