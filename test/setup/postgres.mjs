// Makes sure that there is a PostgreSQL for the tests of session stores, before they run.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';

const FOLDER = '/usr/lib/postgresql';

if (!process.env['POSTGRES_BIN_PATH'] && !isInstalled()) install();

/** Its clients alone have a folder there too. */
function isInstalled() {
  if (!existsSync(FOLDER)) return false;
  return readdirSync(FOLDER).some((version) => existsSync(`${FOLDER}/${version}/bin/initdb`));
}

function install() {
  const isRoot = process.getuid?.() === 0;
  if (!isRoot || !existsSync('/usr/bin/apt-get')) {
    fail(
      'Install PostgreSQL (Debian: apt-get install postgresql) or set POSTGRES_BIN_PATH to the ' +
        'folder of its initdb and postgres.',
    );
  }
  console.log('Installing postgresql for the tests (once) ...');
  try {
    aptGet('update');
    aptGet('install', '--yes', '--no-install-recommends', 'postgresql');
  } catch (error) {
    fail(`Could not install postgresql: ${error.stderr || error.message}`);
  }
}

function aptGet(...args) {
  // The tests start servers of their own: the one of the system stays off.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  execFileSync('apt-get', ['--quiet=2', ...args], { env, encoding: 'utf8', stdio: 'pipe' });
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
