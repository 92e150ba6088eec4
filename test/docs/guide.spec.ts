import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import { ROOT } from '../structure/sources.js';

it('the code in the guide is that of files that tests run', async () => {
  const run = promisify(execFile);
  const checked = run(process.execPath, ['test/setup/guide-snippets.mjs'], { cwd: ROOT });
  expect(await checked).toMatchObject({ stdout: '', stderr: '' });
});
