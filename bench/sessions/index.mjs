import { once } from 'node:events';
import { WebSocket } from 'ws';
import { percentile } from '../sockets/percentile.mjs';
import { withDemoSplit } from './demo-split.mjs';

/** @import { Bar, Figures, Row } from '../run.mjs' */

const LOG_OUT = 'log-out: 2 servers, 2 workers, Redis; 10 sockets of the session at each server';
const ROUNDS = 100;
const SOCKETS_PER_SERVER = 10;
const SESSION_ENDED = 4401;

/** @type {Row[]} */
export const rows = [{ name: LOG_OUT, measure: () => withDemoSplit(measure) }];

/** @type {Bar[]} */
export const bars = [
  {
    title: 'from the request to log out to the last 4401, p99',
    row: LOG_OUT,
    figure: 'p99 ms',
    atMost: 1_000,
  },
];

/**
 * @param {string[]} urls
 * @returns {Promise<Figures>}
 */
async function measure(urls) {
  const samples = new Float64Array(ROUNDS);
  for (let round = -5; round < ROUNDS; round++) {
    const ms = await logOutOnce(urls, urls[Math.abs(round) % urls.length]);
    // What comes before the first one only warms up.
    if (round >= 0) samples[round] = ms;
  }
  return {
    'p50 ms': percentile(samples, 0.5),
    'p99 ms': percentile(samples, 0.99),
    'worst ms': percentile(samples, 1),
  };
}

/**
 * @param {string[]} urls
 * @param {string} url Is where the log-out is asked for.
 */
async function logOutOnce(urls, url) {
  const cookie = await logIn(url);
  const sockets = urls.flatMap((each) =>
    Array.from({ length: SOCKETS_PER_SERVER }, () => open(each, cookie)),
  );
  await Promise.all(sockets.map((socket) => once(socket, 'open')));
  const closed = Promise.all(sockets.map((socket) => once(socket, 'close')));
  const startedAt = performance.now();
  await fetch(`${url}/accounts/logout`, { method: 'POST', headers: { cookie } });
  const codes = (await closed).map(([code]) => code);
  if (codes.some((code) => code !== SESSION_ENDED)) throw new Error(`closed with ${codes.join()}`);
  return performance.now() - startedAt;
}

/** @param {string} url */
async function logIn(url) {
  const body = new URLSearchParams({ username: 'Ada', password: 'demo' });
  const answer = await fetch(`${url}/accounts/login`, { method: 'POST', body });
  return answer.headers.getSetCookie()[0].split(';')[0];
}

/**
 * @param {string} url
 * @param {string} cookie
 */
function open(url, cookie) {
  const headers = { cookie, origin: url };
  return new WebSocket(`${url.replace('http', 'ws')}/ws/letters`, { headers });
}
