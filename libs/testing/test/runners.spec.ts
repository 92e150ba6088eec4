import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const VITEST = 'node_modules/vitest/vitest.mjs';
/** A whole runner starts, also on a busy machine; none of its tests has a time limit of its own. */
const TIMEOUT_MS = 120_000;

/** A run of node:test inside another run reports to that one instead of printing. */
const ENVIRONMENT = { ...process.env, NODE_TEST_CONTEXT: undefined, NODE_OPTIONS: undefined };

async function run(...args: string[]): Promise<string> {
  const options = { cwd: ROOT, env: ENVIRONMENT, maxBuffer: 16_777_216 };
  return (await promisify(execFile)(process.execPath, args, options)).stdout;
}

describe('the test kit', () => {
  it(
    'works under node:test',
    async () => {
      const file = 'libs/testing/test/support/echo.test.mjs';
      const printed = await run('--test', '--test-reporter=tap', file);
      expect(printed).toContain('# pass 2\n');
      expect(printed).toContain('# fail 0\n');
    },
    TIMEOUT_MS,
  );

  it(
    'works under vitest',
    async () => {
      const file = 'libs/testing/test/support/echo.vitest.test.mjs';
      const options = ['--root', ROOT, '--reporter', 'json', '--testTimeout', '0'];
      const printed = await run(VITEST, 'run', ...options, file);
      expect(JSON.parse(printed)).toMatchObject({ numTotalTests: 2, numPassedTests: 2 });
    },
    TIMEOUT_MS,
  );
});
