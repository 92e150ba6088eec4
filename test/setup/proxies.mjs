// Makes sure that there are nginx and Caddy for the tests of deploy/, before they run.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Are the packages of Debian, by what they bring. */
const PACKAGES = { nginx: 'nginx-light', caddy: 'caddy' };

const missing = Object.keys(PACKAGES).filter((binary) => spawnSync(binary, ['-v']).error);
if (missing.length > 0) install(missing.map((binary) => PACKAGES[binary]));

function install(packages) {
  const names = packages.join(' and ');
  const isRoot = process.getuid?.() === 0;
  if (!isRoot || !existsSync('/usr/bin/apt-get')) {
    fail(`Install ${names} (Debian: apt-get install ${packages.join(' ')}).`);
  }
  console.log(`Installing ${names} for the tests (once) ...`);
  try {
    aptGet('update');
    aptGet('install', '--yes', '--no-install-recommends', ...packages);
  } catch (error) {
    fail(`Could not install ${names}: ${error.stderr || error.message}`);
  }
}

function aptGet(...args) {
  // The tests start proxies of their own: those of the system stay off.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  execFileSync('apt-get', ['--quiet=2', ...args], { env, encoding: 'utf8', stdio: 'pipe' });
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
