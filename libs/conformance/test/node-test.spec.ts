import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { THEMES } from '../src/themes.js';

const FILE = fileURLToPath(new URL('./support/memory.test.mjs', import.meta.url));
const TIMEOUT_MS = 60_000;

describe('the suite under node:test', () => {
  it(
    'registers and passes the same tests',
    async () => {
      const facts = THEMES.flatMap((theme) => theme.facts);
      const skipped = facts.filter(({ needsConnect }) => needsConnect).length;
      // A run of node:test inside another run reports to that one instead of printing.
      const env = { ...process.env, NODE_TEST_CONTEXT: undefined, NODE_OPTIONS: undefined };
      const run = promisify(execFile);
      const { stdout } = await run(process.execPath, ['--test', '--test-reporter=tap', FILE], {
        env,
      });
      expect(stdout).toContain(`# pass ${facts.length - skipped}\n`);
      expect(stdout).toContain(`# skipped ${skipped}\n`);
      expect(stdout).toContain('# fail 0\n');
    },
    TIMEOUT_MS,
  );
});
