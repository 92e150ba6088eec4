// Looks for a Valkey for the tests of the Redis layer, before they run; without one, those are skipped.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** Is where the packages are unpacked, and nothing installed; libs/redis/test/support/valkey.ts knows it. */
const FOLDER = resolve('node_modules/.cache/valkey');

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

const { VALKEY_SERVER_PATH } = process.env;

if (VALKEY_SERVER_PATH) {
  if (!runs(VALKEY_SERVER_PATH)) fail(`VALKEY_SERVER_PATH: ${VALKEY_SERVER_PATH} does not run.`);
} else if (!runs('valkey-server') && !runs(`${FOLDER}/usr/bin/valkey-server`)) {
  try {
    unpackFromBackports();
  } catch (error) {
    rmSync(FOLDER, { recursive: true, force: true });
    console.log(`Without Valkey its tests are skipped: ${firstLine(error)}`);
  }
}

function runs(program) {
  return spawnSync(program, ['--version']).status === 0;
}

/** Debian 12 has it in its backports only, which a machine need not know: apt is told of them in passing. */
function unpackFromBackports() {
  const isRoot = process.getuid?.() === 0;
  if (!isRoot || !isDebian12()) throw new Error('set VALKEY_SERVER_PATH to one.');
  console.log('Fetching valkey-server for the tests (once) ...');
  for (const name of ['lists/partial', 'cache/archives/partial']) {
    mkdirSync(`${FOLDER}/${name}`, { recursive: true });
  }
  writeFileSync(`${FOLDER}/sources.list`, backports());
  aptGet(...apart(), 'update');
  aptGet(...apart(), 'download', 'valkey-server', 'valkey-tools');
  for (const name of readdirSync(FOLDER).filter((each) => each.endsWith('.deb'))) {
    execFileSync('dpkg-deb', ['--extract', `${FOLDER}/${name}`, FOLDER]);
  }
  if (!runs(`${FOLDER}/usr/bin/valkey-server`)) throw new Error('what was fetched does not run.');
}

function isDebian12() {
  return (
    existsSync('/usr/bin/apt-get') &&
    existsSync('/etc/debian_version') &&
    readFileSync('/etc/debian_version', 'utf8').startsWith('12.')
  );
}

/** Returns the backports of the mirror that the machine uses. */
function backports() {
  let mirror = knownMirror();
  if (!mirror) aptGet('update');
  mirror ??= knownMirror();
  if (!mirror) throw new Error('apt knows no mirror of Debian 12.');
  return `deb [signed-by=${KEYRING}] ${mirror} bookworm-backports main\n`;
}

function knownMirror() {
  const targets = aptGet('indextargets', '--format', '$(CODENAME) $(REPO_URI)', 'Origin: Debian');
  return /^bookworm (\S+)$/m.exec(targets)?.[1];
}

/** Are the settings with which apt knows the backports alone, and leaves what the machine has. */
function apart() {
  const settings = [
    `Dir::Etc::sourcelist=${FOLDER}/sources.list`,
    'Dir::Etc::sourceparts=-',
    `Dir::State::lists=${FOLDER}/lists`,
    `Dir::Cache=${FOLDER}/cache`,
    // The user that apt downloads as may not write here.
    'APT::Sandbox::User=root',
    'APT::Update::Error-Mode=any',
    'Acquire::http::Timeout=20',
  ];
  return settings.flatMap((setting) => ['-o', setting]);
}

function aptGet(...args) {
  const options = { cwd: FOLDER, encoding: 'utf8', stdio: 'pipe' };
  return execFileSync('apt-get', ['--quiet=2', ...args], options);
}

function firstLine({ stderr, message }) {
  return (stderr || message).trim().split('\n')[0];
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
