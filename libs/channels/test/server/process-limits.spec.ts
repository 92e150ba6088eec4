import { describe, expect, it } from '@jest/globals';
import {
  loweredLimits,
  maxOpenConnections,
  withinProcess,
} from '../../src/server/process-limits.js';
import { SERVER_DEFAULTS } from '../../src/server-options.js';

const limits = (soft: number | string): string =>
  'Limit                     Soft Limit           Hard Limit           Units     \n' +
  'Max processes             94976                94976                processes \n' +
  `Max open files            ${String(soft).padEnd(21)}524288               files     \n`;

describe('maxOpenConnections', () => {
  it.each([
    [20_000, 19_488],
    [1_024, 512],
    [1_023, 511],
    [256, 128],
  ])('of %i open files leaves some for other uses: %i', (files, connections) => {
    expect(maxOpenConnections(limits(files))).toBe(connections);
  });

  it.each([
    ['an unlimited process', limits('unlimited')],
    ['another system than Linux', ''],
  ])('knows no limit of %s', (_what, text) => {
    expect(maxOpenConnections(text)).toBe(Infinity);
  });
});

describe('withinProcess', () => {
  it('takes no more headers than the HTTP server keeps', () => {
    const maxHeaders = (wanted: number, kept: number | null): number =>
      withinProcess({ ...SERVER_DEFAULTS, maxHeaders: wanted }, { maxHeadersCount: kept })
        .maxHeaders;
    expect(maxHeaders(100, null)).toBe(100);
    expect(maxHeaders(100, 50)).toBe(50);
    expect(maxHeaders(5_000, null)).toBe(1_000);
    expect(maxHeaders(5_000, 0)).toBe(5_000);
  });

  it('keeps a limit on connections that the process can hold', () => {
    const settings = { ...SERVER_DEFAULTS, maxConnections: 7 };
    expect(withinProcess(settings, { maxHeadersCount: null }).maxConnections).toBe(7);
  });

  (process.platform === 'linux' ? it : it.skip)('limits connections on Linux', () => {
    const { maxConnections } = withinProcess(SERVER_DEFAULTS, { maxHeadersCount: null });
    expect(maxConnections).toBeGreaterThan(0);
  });
});

describe('loweredLimits', () => {
  it('says what is lower than it was set', () => {
    const wanted = { ...SERVER_DEFAULTS, maxHeaders: 5_000, maxConnections: 50_000 };
    const kept = { ...wanted, maxHeaders: 1_000, maxConnections: 512 };
    expect(loweredLimits(wanted, kept)).toEqual([
      'server.maxHeaders is 1000 instead of 5000: this process keeps no more.',
      'server.maxConnections is 512 instead of 50000: this process keeps no more.',
    ]);
  });

  it('says nothing of limits that were left to the process', () => {
    expect(loweredLimits(SERVER_DEFAULTS, { ...SERVER_DEFAULTS, maxConnections: 512 })).toEqual([]);
    expect(loweredLimits(SERVER_DEFAULTS, SERVER_DEFAULTS)).toEqual([]);
  });
});
