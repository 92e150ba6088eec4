import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { isAncestorHere, PYTHON } from './python/ancestor.mjs';
import { withRedis } from './redis-server.mjs';

/** @import { Bar, Row } from '../run.mjs' */

/**
 * Is a way through Redis that is measured, one of transports/.
 *
 * @typedef {object} Transport
 * @property {(port: number, channel: string, onMessage: () => void) => Promise<void>} receive
 * Resolves when it receives.
 * @property {(port: number, channel: string) => Sender} open
 *
 * @typedef {object} Sender
 * @property {(index: number) => Promise<unknown>} send
 * @property {() => unknown} close
 *
 * @typedef {{ transport: string, channel: string, messages: number }} Path
 */

const MANY = 300_000;
const FEWER = 30_000;
const IN_FLIGHT = 512;
const RECEIVER = fileURLToPath(new URL('receiver.mjs', import.meta.url));

const figure = 'messages/s';
const cpu = 'CPU µs/message';
const mailbox = 'mailbox, two processes';
const normal = 'normal channel, two processes';
const raw = 'peer: raw list push, BLMPOP';
const published = 'peer: PUBLISH, SUBSCRIBE';
const bullmq = 'peer: BullMQ';
const python = "peer: the Python layer's commands";
const ancestor = 'peer: channels_redis, in Python';
const ANCESTOR = fileURLToPath(new URL('python/throughput.py', import.meta.url));

/** @type {Record<string, Path>} */
const PATHS = {
  [mailbox]: { transport: 'layer', channel: 'bench!a', messages: MANY },
  [normal]: { transport: 'layer', channel: 'jobs', messages: MANY },
  [raw]: { transport: 'list', channel: 'raw', messages: MANY },
  [published]: { transport: 'publish', channel: 'topic', messages: MANY },
  ...(isInstalled('bullmq')
    ? { [bullmq]: { transport: 'bullmq', channel: 'jobs', messages: FEWER } }
    : {}),
  [python]: { transport: 'python', channel: 'jobs', messages: FEWER },
};

/** @type {Row[]} */
export const rows = [
  ...Object.entries(PATHS).map(([name, path]) => ({
    name,
    measure: () => withRedis((port) => measured(port, path)),
  })),
  ...(isAncestorHere
    ? [{ name: ancestor, measure: () => withRedis((port) => measuredInPython(port, FEWER)) }]
    : []),
];

/** @type {Bar[]} */
export const bars = [mailbox, normal].flatMap((row) => [
  { title: `${row}: messages/s`, row, figure, atLeast: 100_000 },
  { title: `${row} ÷ ${raw}`, row, over: raw, figure, atLeast: 0.7 },
  { title: `${row} ÷ ${python}`, row, over: python, figure, atLeast: 15 },
  { title: `${row} ÷ ${raw}, CPU`, row, over: raw, figure: cpu },
  { title: `${row} ÷ ${published}`, row, over: published, figure },
  ...(isAncestorHere ? [{ title: `${row} ÷ ${ancestor}`, row, over: ancestor, figure }] : []),
  ...(bullmq in PATHS ? [{ title: `${row} ÷ ${bullmq}`, row, over: bullmq, figure }] : []),
]);

/**
 * @param {number} port
 * @param {Path} path
 */
async function measured(port, { transport, channel, messages }) {
  const receiver = fork(RECEIVER, [`${port}`, transport, channel]);
  await once(receiver, 'message');
  const { open } = await import(`./transports/${transport}.mjs`);
  /** @type {Sender} */
  const sender = open(port, channel);
  // Both ends are compiled when the time is taken.
  await move(receiver, sender, messages / 3);
  const cpuMs = await cpuMsOfAll(receiver, port);
  const elapsedMs = await move(receiver, sender, messages);
  const usedMs = (await cpuMsOfAll(receiver, port)) - cpuMs;
  await sender.close();
  receiver.kill();
  return { [figure]: (messages / elapsedMs) * 1_000, [cpu]: (usedMs / messages) * 1_000 };
}

/**
 * @param {number} port
 * @param {number} messages
 */
async function measuredInPython(port, messages) {
  const redisMs = await cpuMsOfRedis(port);
  const { stdout } = await promisify(execFile)(PYTHON, [ANCESTOR, `${port}`, `${messages}`]);
  const { elapsedMs, cpuMs } = JSON.parse(stdout);
  const usedMs = cpuMs + (await cpuMsOfRedis(port)) - redisMs;
  return { [figure]: (messages / elapsedMs) * 1_000, [cpu]: (usedMs / messages) * 1_000 };
}

/**
 * @param {import('node:child_process').ChildProcess} receiver
 * @param {Sender} sender
 * @param {number} messages
 */
async function move(receiver, sender, messages) {
  receiver.send(messages);
  await once(receiver, 'message');
  const done = once(receiver, 'message');
  const start = performance.now();
  let sent = 0;
  const sendSome = async () => {
    while (sent < messages) await sender.send(sent++);
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, sendSome));
  await done;
  return performance.now() - start;
}

/**
 * Sums up what sender, Redis and receiver have used: a busy machine spoils that less than the rate.
 *
 * @param {import('node:child_process').ChildProcess} receiver
 * @param {number} port
 */
async function cpuMsOfAll(receiver, port) {
  const { user, system } = process.cpuUsage();
  receiver.send('cpu');
  const [received] = await once(receiver, 'message');
  return (user + system) / 1_000 + received + (await cpuMsOfRedis(port));
}

/** @param {number} port */
async function cpuMsOfRedis(port) {
  const client = new Redis(port, '127.0.0.1', { protocol: 2 });
  const text = await client.info('cpu');
  client.disconnect();
  const used = [...text.matchAll(/^used_cpu_(?:sys|user):([\d.]+)/gm)];
  return used.reduce((sum, [, seconds]) => sum + Number(seconds) * 1_000, 0);
}

/**
 * BullMQ is no dependency: npm cannot install it from a lock file beside our own MessagePack.
 *
 * @param {string} name
 */
function isInstalled(name) {
  try {
    return Boolean(import.meta.resolve(name));
  } catch {
    return false;
  }
}
