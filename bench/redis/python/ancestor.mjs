import { spawnSync } from 'node:child_process';

/** Debian's, which its packages are for: python3-daphne, python3-channels-redis and python3-django-channels. */
export const PYTHON = process.env['PYTHON_PATH'] ?? '/usr/bin/python3';

/** Says whether the ancestor can be measured here. */
export const isAncestorHere =
  spawnSync(PYTHON, ['-c', 'import channels, channels_redis, daphne']).status === 0;
