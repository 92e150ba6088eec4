import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Consumer, Content } from 'nest-channels';
import { createChannelsTest } from '@nest-channels/testing';
import { stopwatch } from '../stopwatch.mjs';

/** @import { Bar, Figures, Row } from '../run.mjs' */

const RUN = 'run: node:test on a file with two consumer tests';
const CONNECTS = 'connect: 1,000 sockets in one test';
const SOCKETS = 1_000;

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const TEST_FILE = 'libs/testing/test/support/echo.test.mjs';

class Echo {
  echo(text) {
    return text;
  }
}
Content('text')(Echo.prototype, 'echo', 0);
const descriptor = Object.getOwnPropertyDescriptor(Echo.prototype, 'echo');
Consumer('websocket.receive', { path: '/echo' })(Echo.prototype, 'echo', descriptor);

/** @type {Row[]} */
export const rows = [
  { name: RUN, measure: runTests },
  { name: CONNECTS, measure: connectMany },
];

/** @type {Bar[]} */
export const bars = [
  {
    title: 'a file of consumer tests, from start to end',
    row: RUN,
    figure: 'wallMs',
    atMost: 2_000,
  },
  { title: '1,000 connects in one test', row: CONNECTS, figure: 'connectMs', atMost: 2_000 },
  { title: '… with start, an echo each and the end', row: CONNECTS, figure: 'allMs' },
];

/** Measures the whole process of a test run. @returns {Promise<Figures>} */
async function runTests() {
  const start = performance.now();
  await promisify(execFile)(process.execPath, ['--test', TEST_FILE], { cwd: ROOT });
  return { wallMs: performance.now() - start };
}

/** @returns {Promise<Figures>} */
async function connectMany() {
  const all = stopwatch();
  const test = await createChannelsTest({ providers: [Echo] });
  const sockets = Array.from({ length: SOCKETS }, () => test.webSocket('/echo'));
  const connecting = stopwatch();
  await Promise.all(sockets.map((socket) => socket.connect()));
  const connectMs = connecting();
  await Promise.all(sockets.map((socket) => socket.send('hello')));
  await Promise.all(sockets.map((socket) => socket.receive()));
  await test.close();
  return { connectMs, allMs: all() };
}
