// Runs one of servers/ and answers questions about it; remote-server.mjs asks them.
import { readdirSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { now } from './now.mjs';

/** @import { Server } from 'node:http' */

/**
 * Is a server that echoes each text.
 *
 * @typedef {object} Served
 * @property {Server} http
 * @property {(text: string) => void} broadcast Sends one text to all clients.
 * @property {(textOf: () => string) => void} sendEach Sends each client a text of its own.
 * @property {() => number} [dispatches] Counts what its workers have handled.
 * @property {() => number} [cpuMs] Tells the CPU time of what serves, if that is another process.
 */

const [name, options] = process.argv.slice(2);
const { start } = await import(`./servers/${name}.mjs`);
/** @type {Served} */
const {
  http,
  broadcast,
  sendEach,
  dispatches,
  cpuMs = ownCpuMs,
} = await start(JSON.parse(options));
let texts = 0;

/** @type {Record<string, (detail: any) => unknown>} */
const answers = {
  port: () => http.address()?.port,
  cpuMs,
  memory,
  rss: () => process.memoryUsage.rss(),
  dispatches: () => dispatches?.(),
  connections: () => promisify(http.getConnections.bind(http))(),
  openFiles: () => readdirSync('/proc/self/fd').length,
  broadcast(bytes) {
    const startedAt = now();
    broadcast(textOf(bytes));
    return startedAt;
  },
  sendEach: (bytes) => sendEach(() => textOf(bytes)),
};

process.on('message', (asked) => void answer(asked));
process.on('disconnect', () => process.exit());

/** @param {any} asked */
async function answer({ id, question, detail }) {
  process.send?.({ id, answer: await answers[question](detail) });
}

function ownCpuMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e3;
}

/** Waits for what is released late, and collects until no more is found. */
async function memory() {
  for (let round = 0; round < 5; round++) {
    await wait(100);
    globalThis.gc?.();
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heapUsed, external, rss };
}

/**
 * Makes a new text every time: equal ones could share their memory in the queues of slow clients.
 *
 * @param {number} bytes
 */
function textOf(bytes) {
  return String(++texts).padEnd(bytes, 'x');
}
