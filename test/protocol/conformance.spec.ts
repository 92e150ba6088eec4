import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { autoFragmentation } from './cases/auto-fragmentation.js';
import { closing } from './cases/closing.js';
import { fragmentation } from './cases/fragmentation.js';
import { framing } from './cases/framing.js';
import { pings } from './cases/pings.js';
import { reservedBits } from './cases/reserved-bits.js';
import { reservedOpcodes } from './cases/reserved-opcodes.js';
import { utf8 } from './cases/utf8.js';
import { close } from './support/client-frame.js';
import { runCase, type Verdict } from './support/protocol-case.js';
import { ServedApp, stopServedApps } from './support/served-app.js';

const FAMILIES = {
  'family 1, framing': framing,
  'family 2, pings and pongs': pings,
  'family 3, reserved bits': reservedBits,
  'family 4, reserved opcodes': reservedOpcodes,
  'family 5, fragmentation': fragmentation,
  'family 6, UTF-8': utf8,
  'family 7, closing': closing,
  'family 10, fragmentation by a library': autoFragmentation,
};

/**
 * Are the cases in which fewer than the strictest answers are right, or any is.
 *
 * In the last seven a good text comes in the same read as what ends the connection. A handler
 * answers it, but after the close frame, which waits for nobody: the answer is not sent.
 */
const OTHERWISE: Readonly<Record<string, Verdict>> = {
  '6.4.1': 'NON-STRICT',
  '6.4.2': 'NON-STRICT',
  '6.4.3': 'NON-STRICT',
  '6.4.4': 'NON-STRICT',
  '7.1.6': 'INFORMATIONAL',
  '7.13.1': 'INFORMATIONAL',
  '7.13.2': 'INFORMATIONAL',
};

const verdicts = new Map<string, Verdict>();
let demo: ServedApp;

beforeAll(async () => {
  demo = await ServedApp.demo();
});

afterAll(stopServedApps);

describe.each(Object.entries(FAMILIES))('%s', (_family, cases) => {
  it.each(cases)('$id $title', async (each) => {
    const verdict = await runCase(each, demo, { path: '/ws/echo', goodbye: close() });
    verdicts.set(each.id, verdict);
    expect(verdict).toBe(OTHERWISE[each.id] ?? 'OK');
  });
});

describe('the demo, in 247 cases,', () => {
  it('is strict in 240, less so in 4, and as it likes in 3', () => {
    const sizes = Object.values(FAMILIES).map((cases) => cases.length);
    expect(sizes).toEqual([16, 11, 7, 10, 20, 145, 37, 1]);
    expect(tally([...verdicts.values()])).toEqual({
      OK: 240,
      'NON-STRICT': 4,
      INFORMATIONAL: 3,
    });
  });
});

function tally(all: readonly Verdict[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const verdict of all) counts[verdict] = (counts[verdict] ?? 0) + 1;
  return counts;
}
