import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client, connectAll } from './client.mjs';
import { bareWs, ours, socketIo, wsAdapter } from './contenders.mjs';
import { now } from './now.mjs';
import { percentile } from './percentile.mjs';
import { withServer } from './remote-server.mjs';
import { millisecondsWithin } from './within.mjs';

/** @import { ChildProcess } from 'node:child_process' */
/** @import { Contender } from './contenders.mjs' */
/** @import { Bar, Row } from '../run.mjs' */

const FLOODERS = 10;
const WARM_UP_MS = 1_000;
const FLOOD_MS = 6_000;
const VICTIM_EVERY_MS = 10;
const NEWCOMER_EVERY_MS = 500;
/** Is when an answer is given up; it counts as having taken so long. */
const PATIENCE_MS = 5_000;
const TEXT = 'x'.repeat(64);
const SCRIPT = fileURLToPath(new URL('flooder.mjs', import.meta.url));

const oursFlooded = rowOf(ours);

/** @type {Row[]} */
export const rows = [bareWs, ours, socketIo, wsAdapter].map((contender) => ({
  name: rowOf(contender),
  measure: () => measure(contender),
}));

/** @type {Bar[]} */
export const bars = [
  { title: 'flood, ours: p99 of a victim, ms', row: oursFlooded, figure: 'p99 ms', atMost: 50 },
  {
    title: 'flood, ours: the slowest newcomer, ms',
    row: oursFlooded,
    figure: 'slowest newcomer ms',
    atMost: 1_000,
  },
];

/** @param {Contender} contender */
function rowOf({ title }) {
  return `flood: ${title}`;
}

/** @param {Contender} contender */
function measure(contender) {
  return withServer(contender, {}, async (_server, port) => {
    const [victim] = await connectAll(1, port, contender.dialect);
    const flooder = fork(SCRIPT, [contender.server, String(port), String(FLOODERS)]);
    try {
      await once(flooder, 'message');
      await wait(WARM_UP_MS);
      return await suffer(contender, { victim, port, flooder });
    } finally {
      flooder.disconnect();
    }
  });
}

/**
 * @param {Contender} contender
 * @param {{ victim: Client, port: number, flooder: ChildProcess }} parties
 */
async function suffer({ dialect }, { victim, port, flooder }) {
  const startedAt = now();
  const flooded = await floodedSoFar(flooder);
  const frame = dialect.frameOf(TEXT);
  const [answers, newcomers] = await Promise.all([
    repeat(VICTIM_EVERY_MS, () => answered(victim, frame)),
    repeat(NEWCOMER_EVERY_MS, async () => {
      const newcomer = new Client(port, dialect);
      await newcomer.opened;
      newcomer.close();
    }),
  ]);
  const messages = (await floodedSoFar(flooder)) - flooded;
  return {
    'p50 ms': percentile(answers, 0.5),
    'p99 ms': percentile(answers, 0.99),
    'slowest newcomer ms': percentile(newcomers, 1),
    'flood messages/s': (messages / (now() - startedAt)) * 1e3,
  };
}

/**
 * Does something again and again while the flood lasts, and says how long it took each time.
 *
 * @param {number} everyMs
 * @param {() => Promise<unknown>} work
 */
async function repeat(everyMs, work) {
  const endAt = now() + FLOOD_MS;
  const samples = [];
  while (now() < endAt) {
    const tookMs = await millisecondsWithin(PATIENCE_MS, work);
    samples.push(tookMs);
    await wait(Math.max(0, everyMs - tookMs));
  }
  return Float64Array.from(samples);
}

/**
 * @param {Client} client
 * @param {string} frame
 */
async function answered(client, frame) {
  const answer = new Promise((resolve) => (client.onMessage = resolve));
  client.send(frame);
  await answer;
}

/** @param {ChildProcess} flooder */
async function floodedSoFar(flooder) {
  flooder.send('how much?');
  const [messages] = await once(flooder, 'message');
  return messages;
}
