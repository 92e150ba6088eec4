import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { memoryLayer } from '@nest-channels/core';
import { GROUP, MEMBERS, names, spreads } from './members.mjs';

/** @import { Bar, Figures, Row } from '../run.mjs' */

/** Is how many are made and taken down before measuring, so that no compiled code is counted. */
const WARM_UP = 2_000;
const HOLDING = 'holding, bytes each';
const AFTER = 'after use, bytes each';
const AFTER_EXPIRY = 'after use and expiry, bytes each';
/** Is long enough to fill and measure, and short enough to wait for. */
const EXPIRY_MS = 3_000;
/** Is what counts as nothing left: the noise of the heap, shared by 100,000. */
const NOTHING = 16;

/**
 * @typedef {object} Use
 * @property {(name: string) => unknown} begin
 * @property {(name: string) => unknown} end
 */

const MESSAGE = 'footprint: idle channel with a small message';
const NORMAL_MEMBER = 'footprint: group member, a normal channel';
const MAILBOX_MEMBER = 'footprint: group member in one mailbox';
const PEER = 'peer: footprint of a Map of arrays with a small message';

const normalChannel = spreads['100,000 normal channels'];
const inOneMailbox = spreads['one mailbox of 100,000'];

/** @type {Row[]} */
export const rows = [
  { name: MESSAGE, measure: () => footprint(normalChannel, messages(), { expiryMs: EXPIRY_MS }) },
  { name: NORMAL_MEMBER, measure: () => footprint(normalChannel, memberships()) },
  { name: MAILBOX_MEMBER, measure: () => footprint(inOneMailbox, memberships()) },
  { name: PEER, measure: () => footprint(normalChannel, arraysInMap()) },
];

/** @type {Bar[]} */
export const bars = [
  { title: `${MESSAGE}: bytes`, row: MESSAGE, figure: HOLDING },
  { title: `${MESSAGE}: bytes after use`, row: MESSAGE, figure: AFTER, atMost: NOTHING },
  {
    title: `${MESSAGE}: bytes after use and expiry`,
    row: MESSAGE,
    figure: AFTER_EXPIRY,
    atMost: NOTHING,
  },
  ...[NORMAL_MEMBER, MAILBOX_MEMBER].flatMap((row) => [
    { title: `${row}: bytes`, row, figure: HOLDING },
    { title: `${row}: bytes after use`, row, figure: AFTER, atMost: NOTHING },
  ]),
  { title: `bytes of ${MESSAGE} ÷ ${PEER}`, row: MESSAGE, over: PEER, figure: HOLDING },
];

/** @returns {Use} */
function messages() {
  const layer = memoryLayer({ expiryMs: EXPIRY_MS });
  const { signal } = new AbortController();
  return {
    begin: (name) => layer.send(name, { text: 'hello' }),
    end: (name) => layer.receive([name], { signal }),
  };
}

/** @returns {Use} */
function memberships() {
  const layer = memoryLayer();
  return {
    begin: (name) => layer.groupAdd(GROUP, name),
    end: (name) => layer.closeChannel(name),
  };
}

/** @returns {Use} */
function arraysInMap() {
  /** @type {Map<string, object[]>} */
  const queues = new Map();
  return {
    begin: (name) => queues.set(name, [{ text: 'hello' }]),
    end: (name) => queues.delete(name),
  };
}

/**
 * Measures what 100,000 names add to the heap, the names themselves included.
 *
 * @param {(index: number) => string} nameOf
 * @param {Use} use
 * @param {{ expiryMs?: number }} [options] `expiryMs` measures once more when that has passed.
 * @returns {Promise<Figures>}
 */
async function footprint(nameOf, { begin, end }, { expiryMs } = {}) {
  for (const name of names(nameOf, WARM_UP)) await begin(name);
  for (const name of names(nameOf, WARM_UP)) await end(name);
  const before = await heapBytes();
  const each = async () => ((await heapBytes()) - before) / MEMBERS;
  /** @type {Figures} */
  const figures = {};
  for (const name of names(nameOf, MEMBERS)) await begin(name);
  figures[HOLDING] = await each();
  for (const name of names(nameOf, MEMBERS)) await end(name);
  figures[AFTER] = await each();
  if (expiryMs === undefined) return figures;
  await sleep(2 * expiryMs);
  figures[AFTER_EXPIRY] = await each();
  return figures;
}

async function heapBytes() {
  await nextTurn();
  globalThis.gc();
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}
