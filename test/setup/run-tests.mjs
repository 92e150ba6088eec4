// Runs the tests, those that need real time after all others: a busy machine would spoil them.
import { spawnSync } from 'node:child_process';

const JEST = 'node_modules/jest/bin/jest.js';
const FLAGS = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];

const chosen = process.argv.slice(2);
// What is chosen may all be on one side.
const lenient = chosen.length > 0 ? ['--passWithNoTests'] : [];

for (const config of ['jest.config.mjs', 'jest.real-time.config.mjs']) {
  const args = [...FLAGS, JEST, '--config', config, ...lenient, ...chosen];
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
