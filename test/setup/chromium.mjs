// Makes sure that there is a Chromium for the browser tests, before they run.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';

if (!existsSync(CHROMIUM)) install();

function install() {
  const isRoot = process.getuid?.() === 0;
  if (!isRoot || !existsSync('/usr/bin/apt-get')) {
    fail('Install Chromium (Debian: apt-get install chromium) or set CHROMIUM_PATH to one.');
  }
  console.log('Installing chromium for the browser tests (once) ...');
  try {
    aptGet('update');
    aptGet('install', '--yes', '--no-install-recommends', 'chromium');
  } catch (error) {
    fail(`Could not install chromium: ${error.stderr || error.message}`);
  }
}

function aptGet(...args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  execFileSync('apt-get', ['--quiet=2', ...args], { env, encoding: 'utf8', stdio: 'pipe' });
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
