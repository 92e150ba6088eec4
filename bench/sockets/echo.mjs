import { connectAll } from './client.mjs';
import { bareWs, contenders, ours, oursResident, socketIo, wsAdapter } from './contenders.mjs';
import { now } from './now.mjs';
import { latencies } from './percentile.mjs';
import { withServer } from './remote-server.mjs';

/** @import { Client } from './client.mjs' */
/** @import { Contender } from './contenders.mjs' */
/** @import { Bar, Row } from '../run.mjs' */

const CONNECTIONS = 50;
const IN_FLIGHT = 10;
/** Are counted per connection. */
const WARM_UP = 2_000;
const MESSAGES = 4_000;
const TEXT = 'x'.repeat(64);

/** Are an application of some size: what a message costs may grow with it. */
const MANY = { handlers: 50, classes: 10, handlersPerClass: 5 };
const FIFTY = 'fifty handlers';

const CPU = 'server CPU µs/message';

/** @type {Row[]} */
export const rows = [
  ...[...contenders, oursResident].map((contender) => ({
    name: rowOf(contender),
    measure: () => measure(contender, {}),
  })),
  ...[ours, wsAdapter].map((contender) => ({
    name: rowOf(contender, FIFTY),
    measure: () => measure(contender, MANY),
  })),
];

/** @type {Bar[]} */
export const bars = [
  bar(bareWs, CPU, { atMost: 1.35 }),
  bar(socketIo, CPU, { atMost: 1 }),
  bar(wsAdapter, CPU, { atMost: 0.5 }),
  bar(wsAdapter, CPU, { atMost: 0.5, shape: FIFTY }),
  bar(bareWs, CPU, { atMost: 1.2, of: oursResident }),
  bar(bareWs, 'p50 ms', {}),
  bar(bareWs, 'p99 ms', {}),
  bar(socketIo, 'p99 ms', {}),
];

/**
 * @param {Contender} contender
 * @param {string} [shape]
 */
function rowOf({ title }, shape) {
  return `echo: ${title}${shape ? `, ${shape}` : ''}`;
}

/**
 * @param {Contender} peer
 * @param {string} figure
 * @param {{ atMost?: number, shape?: string, of?: Contender }} limit
 * @returns {Bar}
 */
function bar(peer, figure, { atMost, shape, of = ours }) {
  const title = `${rowOf(of, shape)}, ${figure} ÷ ${peer.title}`;
  return { title, row: rowOf(of, shape), over: rowOf(peer, shape), figure, atMost };
}

/**
 * @param {Contender} contender
 * @param {object} options
 */
function measure(contender, options) {
  return withServer(contender, options, async (server, port) => {
    const clients = await connectAll(CONNECTIONS, port, contender.dialect);
    const frame = contender.dialect.frameOf(TEXT);
    await echoAll(clients, frame, WARM_UP);
    await server.memory();
    const cpuMs = await server.cpuMs();
    const samples = await echoAll(clients, frame, MESSAGES);
    const usedMs = (await server.cpuMs()) - cpuMs;
    return { [CPU]: (usedMs * 1e3) / samples.length, ...latencies(samples) };
  });
}

/**
 * Has every client send its share and returns how long each answer took.
 *
 * @param {readonly Client[]} clients
 * @param {string} frame
 * @param {number} count
 */
async function echoAll(clients, frame, count) {
  const samples = new Float64Array(clients.length * count);
  await Promise.all(
    clients.map((client, index) =>
      echo(client, frame, samples.subarray(index * count, (index + 1) * count)),
    ),
  );
  return samples;
}

/**
 * Keeps some messages in flight until there is a sample for each; answers come in order.
 *
 * @param {Client} client
 * @param {string} frame
 * @param {Float64Array} samples
 */
function echo(client, frame, samples) {
  let sent = 0;
  let received = 0;
  const send = () => {
    samples[sent++] = now();
    client.send(frame);
  };
  return new Promise((resolve) => {
    client.onMessage = () => {
      samples[received] = now() - samples[received];
      received++;
      if (sent < samples.length) send();
      else if (received === samples.length) resolve(undefined);
    };
    for (let count = 0; count < IN_FLIGHT; count++) send();
  });
}
