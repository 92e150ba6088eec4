import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Codec } from '@nest-channels/core';
import { redisLayer } from '@nest-channels/redis';
import { Redis } from 'ioredis';
import { frame } from '../memory/content.mjs';
import { withRedis } from './redis-server.mjs';

/** @import { Bar, Row } from '../run.mjs' */

const MESSAGES = 300_000;
const WARM_UP = 100_000;
const IN_FLIGHT = 512;
const RECEIVER = fileURLToPath(new URL('receiver.mjs', import.meta.url));
const CAPACITY = 2 * (MESSAGES + WARM_UP);

const figure = 'messages/s';
const raw = 'raw list push, BLMPOP';

/** @type {Record<string, [kind: string, channel: string]>} */
const PATHS = {
  'mailbox, two processes': ['bench!', 'bench!a'],
  'normal channel, two processes': ['jobs', 'jobs'],
};

/** @type {Row[]} */
export const rows = [
  ...Object.entries(PATHS).map(([name, [kind, channel]]) => ({
    name,
    measure: () => withRedis((port) => measured(port, kind, throughLayer(port, channel))),
  })),
  { name: raw, measure: () => withRedis((port) => measured(port, 'raw', throughList(port))) },
];

/** @type {Bar[]} */
export const bars = Object.keys(PATHS).flatMap((row) => [
  { title: `${row}: messages/s`, row, figure, atLeast: 100_000 },
  { title: `${row} ÷ ${raw}`, row, over: raw, figure, atLeast: 0.7 },
]);

/**
 * @typedef {object} Sender
 * @property {(index: number) => Promise<unknown>} send
 * @property {() => unknown} close
 */

/**
 * @param {number} port
 * @param {string} channel
 * @returns {Sender}
 */
function throughLayer(port, channel) {
  const limits = { capacity: CAPACITY, mailboxCapacity: CAPACITY };
  const layer = redisLayer({ url: `redis://127.0.0.1:${port}`, ...limits });
  return { send: (index) => layer.send(channel, frame(index)), close: () => layer.close() };
}

/**
 * @param {number} port
 * @returns {Sender}
 */
function throughList(port) {
  const client = new Redis(port, '127.0.0.1', { protocol: 2 });
  const codec = new Codec();
  return {
    send: (index) => client.rpush('raw', Buffer.from(codec.encode(frame(index)))),
    close: () => client.disconnect(),
  };
}

/**
 * @param {number} port
 * @param {string} kind
 * @param {Sender} sender
 */
async function measured(port, kind, sender) {
  const receiver = fork(RECEIVER, [`${port}`, kind]);
  await once(receiver, 'message');
  // Both ends are compiled when the time is taken.
  await move(receiver, sender, WARM_UP);
  const elapsedMs = await move(receiver, sender, MESSAGES);
  await sender.close();
  receiver.kill();
  return { [figure]: (MESSAGES / elapsedMs) * 1_000 };
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
