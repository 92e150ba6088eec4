import {
  bareWs,
  contenders,
  ours,
  oursResident,
  oursResidentEvents,
  socketIo,
  socketsAlone,
} from './contenders.mjs';
import { listenAll } from './listener.mjs';
import { now } from './now.mjs';
import { latencies } from './percentile.mjs';
import { withServer } from './remote-server.mjs';

/** @import { Listener } from './listener.mjs' */
/** @import { Contender } from './contenders.mjs' */
/** @import { RemoteServer } from './remote-server.mjs' */
/** @import { Bar, Row } from '../run.mjs' */

/** Are how many clients there are, and how often each gets a text. */
const SIZES = [
  { clients: 1_000, warmUp: 100, rounds: 300 },
  { clients: 10_000, warmUp: 10, rounds: 30 },
];
const BYTES = 256;

/**
 * Says that each tenth client reads at once and tells how long its text took; the others read when these have.
 *
 * All of them reading keep the load generator busy for longer than the server, and then that is measured.
 */
const CLIENTS_PER_SAMPLE = 10;

const CPU = 'server CPU µs/delivery';

/** @typedef {typeof SIZES[number]} Size */

/** @type {Row[]} */
export const rows = SIZES.flatMap((size) =>
  [socketsAlone, ...contenders, oursResident, oursResidentEvents].map((contender) => ({
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
  ratio(size, { of: socketsAlone, to: socketIo, figure: 'p99 ms' }),
  ratio(size, { of: socketsAlone, to: ours, figure: CPU }),
  ratio(size, { of: oursResident, to: bareWs, figure: CPU }),
  ratio(size, { of: oursResidentEvents, to: bareWs, figure: CPU }),
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
  return ratio(size, { of: ours, to: peer, figure, atMost });
}

/**
 * @param {Size} size
 * @param {{ of: Contender, to: Contender, figure: string, atMost?: number }} ratio
 * @returns {Bar}
 */
function ratio(size, { of, to, figure, atMost }) {
  const title = `broadcast to ${size.clients}, ${figure}: ${of === ours ? 'ours' : of.title} ÷ ${to.title}`;
  return { title, row: rowOf(of, size), over: rowOf(to, size), figure, atMost };
}

/**
 * @param {Contender} contender
 * @param {Size} size
 */
function measure(contender, size) {
  return withServer(contender, { joins: true, ...contender.options }, async (server, port) => {
    const audience = new Audience(await listenAll(size.clients, port, contender.dialect));
    await broadcastOften(server, audience, size.warmUp);
    await server.memory();
    const cpuMs = await server.cpuMs();
    const { all, last } = await broadcastOften(server, audience, size.rounds);
    const usedMs = (await server.cpuMs()) - cpuMs;
    return {
      [CPU]: (usedMs * 1e3) / (size.clients * size.rounds),
      ...latencies(all),
      'p99 ms of the last': latencies(last)['p99 ms'],
    };
  });
}

/** Is those who listen, in the order in which they came. */
export class Audience {
  /** @param {readonly Listener[]} listeners */
  constructor(listeners) {
    const isSample = (/** @type {number} */ index) => (index + 1) % CLIENTS_PER_SAMPLE === 0;
    this.samples = listeners.filter((_, index) => isSample(index));
    this.others = listeners.filter((_, index) => !isSample(index));
    for (const other of this.others) other.pause();
  }

  /**
   * Waits until all have got a text, and returns when each sample got it.
   *
   * @returns {Promise<number[]>}
   */
  async hear() {
    const times = await heardBy(this.samples);
    const heard = heardBy(this.others);
    for (const other of this.others) other.resume();
    await heard;
    for (const other of this.others) other.pause();
    return times;
  }
}

/**
 * @param {readonly Listener[]} listeners
 * @returns {Promise<number[]>}
 */
function heardBy(listeners) {
  /** @type {number[]} */
  const times = [];
  return new Promise((resolve) => {
    const onMessage = () => {
      if (times.push(now()) === listeners.length) resolve(times);
    };
    for (const listener of listeners) listener.onMessage = onMessage;
  });
}

/**
 * Broadcasts, each time when everybody has got the last, and says how long each sample took.
 *
 * @param {RemoteServer} server
 * @param {Audience} audience
 * @param {number} rounds
 */
export async function broadcastOften(server, audience, rounds) {
  const all = [];
  const last = [];
  for (let round = 0; round < rounds; round++) {
    const heard = audience.hear();
    const startedAt = await server.broadcast(BYTES);
    const latenciesMs = (await heard).map((time) => time - startedAt);
    all.push(...latenciesMs);
    last.push(Math.max(...latenciesMs));
  }
  return { all: Float64Array.from(all), last: Float64Array.from(last) };
}
