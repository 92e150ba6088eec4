import { connectAll } from './client.mjs';
import { bareWs, ioAdapter, ours, oursResident, socketIo, wsAdapter } from './contenders.mjs';
import { withServer } from './remote-server.mjs';

/** @import { Contender } from './contenders.mjs' */
/** @import { Bar, Row } from '../run.mjs' */

const WARM_UP = 200;
const CONNECTIONS = 2_000;
const MANY = { handlers: 50, classes: 10, handlersPerClass: 5 };

const figure = 'heap KB/connection';

const oneHandler = rowOf(ours, 'one handler');
const fiftyHandlers = rowOf(ours, 'fifty handlers');
const resident = rowOf(oursResident);

/** @type {Row[]} */
export const rows = [
  row(rowOf(bareWs), bareWs),
  row(oneHandler, ours),
  row(fiftyHandlers, ours, MANY),
  row(resident, oursResident),
  row(rowOf(socketIo), socketIo),
  ...[wsAdapter, ioAdapter].flatMap((contender) => [
    row(rowOf(contender, 'one gateway'), contender),
    row(rowOf(contender, 'ten gateways of five handlers'), contender, MANY),
  ]),
];

/** @type {Bar[]} */
export const bars = [
  { title: `${oneHandler}: ${figure}`, row: oneHandler, figure, atMost: 6 },
  { title: `${fiftyHandlers}: ${figure}`, row: fiftyHandlers, figure, atMost: 6 },
  { title: `${resident}: ${figure}`, row: resident, figure },
  {
    title: 'idle, heap: fifty handlers ÷ one',
    row: fiftyHandlers,
    over: oneHandler,
    figure,
    atLeast: 0.95,
    atMost: 1.05,
  },
];

/**
 * @param {Contender} contender
 * @param {string} [shape]
 */
function rowOf({ title }, shape) {
  return `idle: ${title}${shape ? `, ${shape}` : ''}`;
}

/**
 * @param {string} name
 * @param {Contender} contender
 * @param {object} [options]
 * @returns {Row}
 */
function row(name, contender, options = {}) {
  return { name, measure: () => measure(contender, options) };
}

/**
 * @param {Contender} contender
 * @param {object} options
 */
function measure(contender, options) {
  return withServer(contender, options, async (server, port) => {
    await connectAll(WARM_UP, port, contender.dialect);
    const before = await server.memory();
    await connectAll(CONNECTIONS, port, contender.dialect);
    const after = await server.memory();
    return {
      [figure]: (after.heapUsed - before.heapUsed) / CONNECTIONS / 1024,
      'RSS KB/connection': (after.rss - before.rss) / CONNECTIONS / 1024,
    };
  });
}
