import { connectAll } from './client.mjs';
import { plainText } from './dialects.mjs';
import { now } from './now.mjs';
import { withServer } from './remote-server.mjs';

/** @import { Client } from './client.mjs' */
/** @import { Bar, Row } from '../run.mjs' */

const WORKERS = 4;
const WARM_UP = 2_000;
const FRAMES = 10_000;

const RATE = 'frames/s';
const DISPATCHES = 'dispatches/frame';
const MISPLACED = 'answers out of order';

const free = 'one connection, 4 workers: any order';
const ordered = 'one connection, 4 workers: strict order';

/** @type {Row[]} */
export const rows = [
  { name: free, measure: () => measure(false) },
  { name: ordered, measure: () => measure(true) },
];

/** @type {Bar[]} */
export const bars = [
  {
    title: 'one connection, frames/s: strict order ÷ any order',
    row: ordered,
    over: free,
    figure: RATE,
    atLeast: 0.5,
  },
  { title: `${ordered}: ${DISPATCHES}`, row: ordered, figure: DISPATCHES, atMost: 1.1 },
  { title: `${ordered}: ${MISPLACED}`, row: ordered, figure: MISPLACED, atMost: 0 },
];

/** @param {boolean} isOrdered */
function measure(isOrdered) {
  const contender = { title: 'workers', server: 'workers', dialect: plainText };
  return withServer(contender, { workers: WORKERS, isOrdered }, async (server, port) => {
    const [client] = await connectAll(1, port, plainText);
    await flood(client, WARM_UP);
    const before = await server.dispatches();
    const startedAt = now();
    const answers = await flood(client, FRAMES);
    const seconds = (now() - startedAt) / 1e3;
    return {
      [RATE]: FRAMES / seconds,
      [DISPATCHES]: ((await server.dispatches()) - before) / FRAMES,
      [MISPLACED]: answers.filter((answer, index) => answer !== index).length,
    };
  });
}

/**
 * Sends numbers as fast as possible and resolves with the answers in the order they came.
 *
 * @param {Client} client
 * @param {number} count
 * @returns {Promise<number[]>}
 */
function flood(client, count) {
  /** @type {number[]} */
  const answers = [];
  return new Promise((resolve) => {
    client.onMessage = (data) => {
      if (answers.push(Number(data.toString())) === count) resolve(answers);
    };
    for (let index = 0; index < count; index++) client.send(String(index));
  });
}
