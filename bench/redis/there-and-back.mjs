import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { redisLayer } from '@nest-channels/redis';
import { Redis } from 'ioredis';
import { ours } from '../sockets/contenders.mjs';
import { appending, read } from './bare-stream.mjs';
import { withDistantRedis } from './distant-redis.mjs';
import { oneAtATime } from './one-at-a-time.mjs';
import { withRedis } from './redis-server.mjs';
import { withSplit } from './split.mjs';

/** @import { Bar, Row } from '../run.mjs' */

const TEXT = 'x'.repeat(64);
const MAILBOX = 'server.bench!';
const FRAME = { reply_channel: `${MAILBOX}1`, path: '/', order: 1, text: TEXT };

const way = 'there and back: server, Redis, worker, Redis, server';
const roundTrip = 'one Redis round trip';
const far = ', Redis on another machine';
const lists = 'there and back between two processes, raw lists';
const streams = 'there and back between two processes, one-line scripts and streams';

/** @type {Row[]} */
export const rows = [
  { name: way, measure: () => throughWorker(withRedis) },
  { name: roundTrip, measure: () => withRedis(roundTrips) },
  { name: way + far, measure: () => throughWorker(withDistantRedis) },
  { name: roundTrip + far, measure: () => withDistantRedis(roundTrips) },
  { name: lists, measure: () => withRedis(throughLists) },
  { name: streams, measure: () => withRedis(throughStreams) },
];

/** @type {Bar[]} */
export const bars = [
  bar(way, roundTrip, 3),
  bar(way + far, roundTrip + far, 3),
  bar(streams, roundTrip),
  bar(way, streams),
  bar(way, lists),
];

/**
 * @param {string} row
 * @param {string} over
 * @param {number} [atMost]
 * @returns {Bar}
 */
function bar(row, over, atMost) {
  return { title: `${row} ÷ ${over}`, row, over, figure: 'p50 ms', atMost };
}

/**
 * Sends to a worker what a server makes of a frame, and takes the answer as a server does.
 *
 * @param {typeof withRedis} redis
 */
function throughWorker(redis) {
  const split = { server: ours.server, servers: 0, hasWorker: true, redis };
  return withSplit(split, async ({ redisPort }) => {
    const layer = redisLayer({ url: `redis://127.0.0.1:${redisPort}` });
    await layer.connected();
    let answered = () => {};
    layer.subscribe([MAILBOX], () => answered());
    const figures = await oneAtATime(
      () =>
        new Promise((resolve) => {
          answered = /** @type {() => void} */ (resolve);
          void layer.send('websocket.receive', FRAME);
        }),
    );
    await layer.close();
    return figures;
  });
}

/** @param {number} port */
async function roundTrips(port) {
  const client = connected(port);
  const figures = await oneAtATime(() => client.echo(TEXT));
  client.disconnect();
  return figures;
}

/**
 * Pushes a text into a list, which another process takes out and pushes into a second one.
 *
 * @param {number} port
 */
async function throughLists(port) {
  const other = await echoer('list-echoer.mjs', port);
  const [client, waiting] = [connected(port), connected(port)];
  const figures = await oneAtATime(() => {
    void client.rpush('there', TEXT);
    return waiting.blpop('back', 0);
  });
  client.disconnect();
  waiting.disconnect();
  other.kill();
  return figures;
}

/**
 * Does as little as can be done with scripts and streams, which is what our layer is made of.
 *
 * @param {number} port
 */
async function throughStreams(port) {
  const other = await echoer('stream-echoer.mjs', port);
  const [client, waiting] = [connected(port), connected(port)];
  const send = await appending(client, 'there');
  let answered = () => {};
  read(waiting, 'back', () => answered()).catch(() => undefined);
  const bytes = Buffer.from(TEXT);
  const figures = await oneAtATime(
    () =>
      new Promise((resolve) => {
        answered = /** @type {() => void} */ (resolve);
        send(bytes);
      }),
  );
  client.disconnect();
  waiting.disconnect();
  other.kill();
  return figures;
}

/** @param {number} port */
function connected(port) {
  return new Redis(port, '127.0.0.1', { protocol: 2 });
}

/**
 * @param {string} script
 * @param {number} port
 */
async function echoer(script, port) {
  const process = fork(fileURLToPath(new URL(script, import.meta.url)), [`${port}`]);
  await once(process, 'message');
  return process;
}
