import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { THEMES } from '../src/themes.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const VITEST = fileURLToPath(new URL('../../../node_modules/vitest/vitest.mjs', import.meta.url));
const FILE = 'libs/conformance/test/support/memory.vitest.test.mjs';
const TIMEOUT_MS = 60_000;

describe('the suite under vitest', () => {
  it(
    'registers and passes the same tests',
    async () => {
      const facts = THEMES.flatMap((theme) => theme.facts);
      const skipped = facts.filter(({ needsConnect }) => needsConnect).length;
      const run = promisify(execFile);
      const { stdout } = await run(
        process.execPath,
        [VITEST, 'run', '--root', ROOT, '--reporter', 'json', FILE],
        { env: { ...process.env, NODE_OPTIONS: undefined }, maxBuffer: 16_777_216 },
      );
      expect(JSON.parse(stdout)).toMatchObject({
        numTotalTests: facts.length,
        numPassedTests: facts.length - skipped,
        numPendingTests: skipped,
      });
    },
    TIMEOUT_MS,
  );
});
