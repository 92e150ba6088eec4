import { redisLayer } from '@nest-channels/redis';
import { Redis } from 'ioredis';
import { withRedis } from './redis-server.mjs';

/** @import { Bar, Row } from '../run.mjs' */

const SIZES = [10, 1_000, 100_000];
const PROCESSES = 8;
const SENDS = 300;

const figure = 'µs of Redis/send';

/** @type {Row[]} */
export const rows = SIZES.map((members) => ({
  name: rowOf(members),
  measure: () => withRedis((port) => measured(port, members)),
}));

/** @type {Bar[]} */
export const bars = SIZES.slice(1).map((members) => ({
  title: `group send to ${members} members ÷ to ${SIZES[0]}`,
  row: rowOf(members),
  over: rowOf(SIZES[0]),
  figure,
  atMost: 1.2,
}));

/** @param {number} members */
function rowOf(members) {
  return `group send to ${members} members behind ${PROCESSES} processes`;
}

/**
 * @param {number} port
 * @param {number} members
 */
async function measured(port, members) {
  const layer = redisLayer({ url: `redis://127.0.0.1:${port}` });
  await layer.connected();
  for (let index = 0; index < members; index += 500) {
    const length = Math.min(500, members - index);
    await Promise.all(
      Array.from({ length }, (_, each) => {
        const member = index + each;
        return layer.groupAdd('room', `p${member % PROCESSES}!${member}`);
      }),
    );
  }
  for (let sent = 0; sent < SENDS; sent++) await layer.groupSend('room', { sent });
  const client = new Redis(port, '127.0.0.1', { protocol: 2 });
  await client.config('RESETSTAT');
  const start = performance.now();
  for (let sent = 0; sent < SENDS; sent++) await layer.groupSend('room', { sent });
  const elapsedMs = performance.now() - start;
  const statistics = await client.info('commandstats');
  const [, spent] = /cmdstat_evalsha:.*?usec_per_call=([\d.]+)/.exec(statistics) ?? [];
  client.disconnect();
  await layer.close();
  return { [figure]: Number(spent), 'ms/send': elapsedMs / SENDS };
}
