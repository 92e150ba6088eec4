import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { limits } from './cases/limits.js';
import { close } from './support/client-frame.js';
import { fails } from './support/expected.js';
import { runCase } from './support/protocol-case.js';
import { ServedApp, stopServedApps } from './support/served-app.js';

/** Are the cases of family 9 that the limits which ship refuse, and the close codes. */
const REFUSED: Readonly<Record<number, readonly string[]>> = {
  1009: [
    '9.1.4 9.1.5 9.1.6 9.2.4 9.2.5 9.2.6',
    '9.3.4 9.3.5 9.3.6 9.3.7 9.3.8 9.3.9',
    '9.4.4 9.4.5 9.4.6 9.4.7 9.4.8 9.4.9',
  ]
    .join(' ')
    .split(' '),
  1008: ['9.3.1', '9.3.2', '9.3.3', '9.4.1', '9.4.2', '9.4.3'],
};

let demo: ServedApp;

beforeAll(async () => {
  demo = await ServedApp.demo();
});

afterAll(stopServedApps);

describe('of the 54 cases of family 9, limits, the demo', () => {
  const passed = limits.filter(({ id }) => refusalOf(id) === undefined);
  const refused = limits.filter(({ id }) => refusalOf(id) !== undefined);

  it('passes 30 and refuses 24', () => {
    expect([passed.length, refused.length]).toEqual([30, 24]);
  });

  it.each(passed)('passes $id $title', async ({ make }) => {
    expect(await runCase(make(), demo, { path: '/ws/echo', goodbye: close() })).toBe('OK');
  });

  it.each(refused)('refuses $id $title', async ({ id, make }) => {
    const each = fails({ ...make(), strict: [], closedBy: 'server', closeCode: refusalOf(id) });
    expect(await runCase(each, demo, { path: '/ws/echo', goodbye: close() })).toBe('OK');
  });
});

function refusalOf(id: string): number | undefined {
  const found = Object.entries(REFUSED).find(([, ids]) => ids.includes(id));
  return found && Number(found[0]);
}
