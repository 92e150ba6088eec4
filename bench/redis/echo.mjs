import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { redisLayer } from '@nest-channels/redis';
import { Redis } from 'ioredis';
import { daphne, ours, socketIo } from '../sockets/contenders.mjs';
import { now } from '../sockets/now.mjs';
import { latencies } from '../sockets/percentile.mjs';
import { maskedFrame, openRaw } from '../sockets/raw-socket.mjs';
import { withDistantRedis } from './distant-redis.mjs';
import { isAncestorHere } from './python/ancestor.mjs';
import { withRedis } from './redis-server.mjs';
import { withSplit } from './split.mjs';

/** @import { Contender } from '../sockets/contenders.mjs' */
/** @import { Bar, Row } from '../run.mjs' */

const WARM_UP = 3_000;
const SAMPLES = 5_000;
const TEXT = 'x'.repeat(64);
const MAILBOX = 'server.bench!';
const FRAME = { reply_channel: `${MAILBOX}1`, path: '/', order: 1, text: TEXT };
const ECHOER = fileURLToPath(new URL('list-echoer.mjs', import.meta.url));

const echo = 'echo: client, server, Redis, worker and back';
const served = 'there and back: server, Redis, worker, Redis, server';
const roundTrip = 'one Redis round trip';
const far = ', Redis on another machine';
const thereAndBack = 'there and back between two processes, raw lists';
const local = 'echo: client, Socket.IO and back, no Redis on the way';
const ancestor = 'echo: client, Daphne, Redis and back';

/** @type {Row[]} */
export const rows = [
  { name: echo, measure: () => measured(ours, { hasWorker: true }) },
  { name: served, measure: () => throughWorker(withRedis) },
  { name: roundTrip, measure: () => withRedis(roundTrips) },
  { name: served + far, measure: () => throughWorker(withDistantRedis) },
  { name: roundTrip + far, measure: () => withDistantRedis(roundTrips) },
  { name: thereAndBack, measure: () => withRedis(listsThereAndBack) },
  { name: local, measure: () => measured(socketIo, { hasWorker: false }) },
  ...(isAncestorHere
    ? [{ name: ancestor, measure: () => measured(daphne, { hasWorker: false }) }]
    : []),
];

/** @type {Bar[]} */
export const bars = [
  { title: `${served} ÷ ${roundTrip}`, row: served, over: roundTrip, figure: 'p50 ms', atMost: 3 },
  {
    title: `the same${far}`,
    row: served + far,
    over: roundTrip + far,
    figure: 'p50 ms',
    atMost: 3,
  },
  { title: `${echo} ÷ ${roundTrip}`, row: echo, over: roundTrip, figure: 'p50 ms' },
  { title: `${echo} ÷ ${thereAndBack}`, row: echo, over: thereAndBack, figure: 'p50 ms' },
  { title: `${echo} ÷ ${thereAndBack}, p99`, row: echo, over: thereAndBack, figure: 'p99 ms' },
  ...(isAncestorHere
    ? [{ title: `${echo} ÷ ${ancestor}`, row: echo, over: ancestor, figure: 'p50 ms' }]
    : []),
];

/**
 * Echoes one text at a time.
 *
 * @param {Contender} contender
 * @param {{ hasWorker: boolean }} options
 */
function measured({ server, dialect }, { hasWorker }) {
  return withSplit({ server, servers: 1, hasWorker }, async (_, [port]) => {
    const socket = await openRaw(port, dialect);
    socket.setNoDelay(true);
    const frame = maskedFrame(dialect.frameOf(TEXT));
    const figures = await timed(() => {
      socket.write(frame);
      return once(socket, 'data');
    });
    socket.destroy();
    return figures;
  });
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
    const figures = await timed(
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
  const client = new Redis(port, '127.0.0.1', { protocol: 2 });
  const figures = await timed(() => client.echo(TEXT));
  client.disconnect();
  return figures;
}

/**
 * Pushes a text into a list, which another process takes out and pushes into a second one.
 *
 * @param {number} port
 */
async function listsThereAndBack(port) {
  const other = fork(ECHOER, [`${port}`]);
  await once(other, 'message');
  const client = new Redis(port, '127.0.0.1', { protocol: 2 });
  const waiting = client.duplicate();
  const figures = await timed(() => {
    void client.rpush('there', TEXT);
    return waiting.blpop('back', 0);
  });
  client.disconnect();
  waiting.disconnect();
  other.kill();
  return figures;
}

/** @param {() => Promise<unknown>} ask */
async function timed(ask) {
  for (let count = 0; count < WARM_UP; count++) await ask();
  const samples = new Float64Array(SAMPLES);
  for (let index = 0; index < SAMPLES; index++) {
    const startedAt = now();
    await ask();
    samples[index] = now() - startedAt;
  }
  return latencies(samples);
}
