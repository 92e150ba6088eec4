import { setTimeout as wait } from 'node:timers/promises';
import { bareWs, ours, socketIo, wsAdapter } from './contenders.mjs';
import { now } from './now.mjs';
import { openRaw } from './raw-socket.mjs';
import { withServer } from './remote-server.mjs';

/** @import { Contender } from './contenders.mjs' */
/** @import { RemoteServer } from './remote-server.mjs' */
/** @import { Bar, Row } from '../run.mjs' */

const CLIENTS = 10;
const BYTES = 64 * 1024;
/** Offers 20 MB a second to all of them together. */
const EVERY_MS = 31;
/** Is when the server may keep them for all we wait. */
const PATIENCE_MS = 20_000;
const MIB = 1024 * 1024;
/** Is the default of `server.maxOutboundBytes`. */
const MAX_OUTBOUND_MIB = 1;

const oursStalled = rowOf(ours);
const growth = 'RSS growth MiB';
const gone = 's until all are gone';

/** @type {Row[]} */
export const rows = [bareWs, ours, socketIo, wsAdapter].map((contender) => ({
  name: rowOf(contender),
  measure: () => measure(contender),
}));

/** @type {Bar[]} */
export const bars = [
  {
    title: 'ten slow readers, ours: RSS growth, MiB',
    row: oursStalled,
    figure: growth,
    atMost: CLIENTS * MAX_OUTBOUND_MIB + 32,
  },
  {
    title: 'ten slow readers, ours: seconds until gone',
    row: oursStalled,
    figure: gone,
    atMost: 15,
  },
];

/** @param {Contender} contender */
function rowOf({ title }) {
  return `slow readers: ${title}`;
}

/** @param {Contender} contender */
function measure(contender) {
  return withServer(contender, { joins: true }, async (server, port) => {
    for (let count = 0; count < CLIENTS; count++) {
      const socket = await openRaw(port, contender.dialect);
      socket.pause();
    }
    const { rss } = await server.memory();
    const { highestRss, seconds } = await offer(server);
    return { [growth]: (highestRss - rss) / MIB, [gone]: seconds };
  });
}

/**
 * Sends until the server has got rid of its clients, and watches its memory.
 *
 * @param {RemoteServer} server
 */
async function offer(server) {
  const startedAt = now();
  let highestRss = 0;
  while (now() - startedAt < PATIENCE_MS && (await server.connections()) > 0) {
    await server.sendEach(BYTES);
    highestRss = Math.max(highestRss, await server.rss());
    await wait(EVERY_MS);
  }
  return { highestRss, seconds: (now() - startedAt) / 1e3 };
}
