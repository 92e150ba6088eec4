import { connectAll } from './client.mjs';
import { bareWs, contenders, ours, socketIo } from './contenders.mjs';
import { now } from './now.mjs';
import { latencies } from './percentile.mjs';
import { withServer } from './remote-server.mjs';

/** @import { Client } from './client.mjs' */
/** @import { Contender } from './contenders.mjs' */
/** @import { RemoteServer } from './remote-server.mjs' */
/** @import { Bar, Row } from '../run.mjs' */

/** Are how many clients there are, and how often each gets a text. */
const SIZES = [
  { clients: 1_000, warmUp: 100, rounds: 300 },
  { clients: 10_000, warmUp: 10, rounds: 30 },
];
const BYTES = 256;

const CPU = 'server CPU µs/delivery';

/** @typedef {typeof SIZES[number]} Size */

/** @type {Row[]} */
export const rows = SIZES.flatMap((size) =>
  contenders.map((contender) => ({
    name: rowOf(contender, size),
    measure: () => measure(contender, size),
  })),
);

/** @type {Bar[]} */
export const bars = SIZES.flatMap((size) => [
  bar(size, bareWs, CPU, 1),
  bar(size, socketIo, CPU),
  bar(size, socketIo, 'p99 ms', 0.7),
  bar(size, socketIo, 'p99 ms of the last', 0.7),
  bar(size, bareWs, 'p99 ms'),
]);

/**
 * @param {Contender} contender
 * @param {Size} size
 */
function rowOf({ title }, { clients }) {
  return `broadcast to ${clients}: ${title}`;
}

/**
 * @param {Size} size
 * @param {Contender} peer
 * @param {string} figure
 * @param {number} [atMost]
 * @returns {Bar}
 */
function bar(size, peer, figure, atMost) {
  const title = `broadcast to ${size.clients}, ${figure}: ours ÷ ${peer.title}`;
  return { title, row: rowOf(ours, size), over: rowOf(peer, size), figure, atMost };
}

/**
 * @param {Contender} contender
 * @param {Size} size
 */
function measure(contender, size) {
  return withServer(contender, { joins: true }, async (server, port) => {
    const clients = await connectAll(size.clients, port, contender.dialect);
    await broadcastOften(server, clients, size.warmUp);
    await server.memory();
    const cpuMs = await server.cpuMs();
    const { all, last } = await broadcastOften(server, clients, size.rounds);
    const usedMs = (await server.cpuMs()) - cpuMs;
    return {
      [CPU]: (usedMs * 1e3) / all.length,
      ...latencies(all),
      'p99 ms of the last': latencies(last)['p99 ms'],
    };
  });
}

/**
 * Broadcasts, each time when everybody has got the last, and says how long each delivery took.
 *
 * @param {RemoteServer} server
 * @param {readonly Client[]} clients
 * @param {number} rounds
 */
async function broadcastOften(server, clients, rounds) {
  const all = new Float64Array(clients.length * rounds);
  const last = new Float64Array(rounds);
  for (let round = 0; round < rounds; round++) {
    const samples = all.subarray(round * clients.length, (round + 1) * clients.length);
    await broadcast(server, clients, samples);
    last[round] = samples[samples.length - 1];
  }
  return { all, last };
}

/**
 * @param {RemoteServer} server
 * @param {readonly Client[]} clients
 * @param {Float64Array} samples
 */
async function broadcast(server, clients, samples) {
  let received = 0;
  const delivered = new Promise((resolve) => {
    const onMessage = () => {
      samples[received++] = now();
      if (received === clients.length) resolve(undefined);
    };
    for (const client of clients) client.onMessage = onMessage;
  });
  const startedAt = await server.broadcast(BYTES);
  await delivered;
  for (let index = 0; index < samples.length; index++) samples[index] -= startedAt;
}
