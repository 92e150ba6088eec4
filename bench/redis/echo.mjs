import { once } from 'node:events';
import { daphne, ours, socketIo } from '../sockets/contenders.mjs';
import { maskedFrame, openRaw } from '../sockets/raw-socket.mjs';
import { oneAtATime } from './one-at-a-time.mjs';
import { isAncestorHere } from './python/ancestor.mjs';
import { withSplit } from './split.mjs';

/** @import { Contender } from '../sockets/contenders.mjs' */
/** @import { Bar, Row } from '../run.mjs' */

const TEXT = 'x'.repeat(64);

const echo = 'echo: client, server, Redis, worker and back';
const local = 'echo: client, Socket.IO and back, no Redis on the way';
const ancestor = 'echo: client, Daphne, Redis and back';

/** @type {Row[]} */
export const rows = [
  { name: echo, measure: () => measured(ours, { hasWorker: true }) },
  { name: local, measure: () => measured(socketIo, { hasWorker: false }) },
  ...(isAncestorHere
    ? [{ name: ancestor, measure: () => measured(daphne, { hasWorker: false }) }]
    : []),
];

/** @type {Bar[]} */
export const bars = isAncestorHere
  ? ['p50 ms', 'p99 ms'].map((figure) => ({
      title: `${echo} ÷ ${ancestor}, ${figure}`,
      row: echo,
      over: ancestor,
      figure,
    }))
  : [];

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
    const figures = await oneAtATime(() => {
      socket.write(frame);
      return once(socket, 'data');
    });
    socket.destroy();
    return figures;
  });
}
