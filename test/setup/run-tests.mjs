// Runs the tests, those that need real time after all others: a busy machine would spoil them.
import { spawnSync } from 'node:child_process';

const JEST = 'node_modules/jest/bin/jest.js';
const FLAGS = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];

/** Is several times what a run takes on a slow machine: what hangs must not do so in silence. */
const LIMIT_MS = 20 * 60_000;

const chosen = process.argv.slice(2);
// What is chosen may all be on one side.
const lenient = chosen.length > 0 ? ['--passWithNoTests'] : [];

for (const config of ['jest.config.mjs', 'jest.real-time.config.mjs']) {
  const args = [...FLAGS, JEST, '--config', config, ...lenient, ...chosen];
  const limits = { timeout: LIMIT_MS, killSignal: 'SIGKILL' };
  const { status, error } = spawnSync(process.execPath, args, { stdio: 'inherit', ...limits });
  if (error) console.error(`The tests of ${config} did not end: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}
