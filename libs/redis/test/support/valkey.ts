import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { REDIS } from './redis-process.js';

const CANDIDATES = [
  process.env['VALKEY_SERVER_PATH'] ?? 'valkey-server',
  // Where test/setup/valkey.mjs puts it.
  resolve('node_modules/.cache/valkey/usr/bin/valkey-server'),
];

/** Is the program of Valkey, where there is one: without it, its tests are skipped. */
export const VALKEY = CANDIDATES.find((path) => spawnSync(path, ['--version']).status === 0);

/** Are the programs that are here, with their names. */
export const PROGRAMS = [
  ['Redis', REDIS] as const,
  ...(VALKEY ? [['Valkey', VALKEY] as const] : []),
];
