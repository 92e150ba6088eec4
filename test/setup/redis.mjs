// Makes sure that there is a redis-server for the tests of the Redis layer, before they run.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const REDIS_SERVER = process.env['REDIS_SERVER_PATH'] ?? 'redis-server';

if (spawnSync(REDIS_SERVER, ['--version']).error) install();

function install() {
  const isRoot = process.getuid?.() === 0;
  if (!isRoot || !existsSync('/usr/bin/apt-get')) {
    fail('Install Redis 7 (Debian: apt-get install redis-server) or set REDIS_SERVER_PATH to one.');
  }
  console.log('Installing redis-server for the tests (once) ...');
  try {
    aptGet('update');
    aptGet('install', '--yes', '--no-install-recommends', 'redis-server');
  } catch (error) {
    fail(`Could not install redis-server: ${error.stderr || error.message}`);
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
