import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../free-port.mjs';
import { printed } from '../../printed.mjs';
import { PYTHON } from '../../redis/python/ancestor.mjs';

const FOLDER = fileURLToPath(new URL('../../redis/python/', import.meta.url));
/** Are clock ticks per second, which Linux counts CPU time in. */
const TICKS = 100;

/**
 * Serves with Daphne and Channels, in a Python process whose CPU time is told as this one's.
 *
 * @param {object} options
 * @param {number} options.redisPort
 * @param {boolean} [options.joins] Adds each connection to the group that broadcasts go to.
 */
export async function start({ redisPort, joins }) {
  const port = await freePort();
  const args = ['-m', 'daphne', '-b', '127.0.0.1', '-p', `${port}`, '--ping-interval', '600'];
  const python = spawn(PYTHON, [...args, 'application:application'], {
    cwd: FOLDER,
    stdio: ['ignore', 2, 'pipe'],
    env: {
      ...process.env,
      PYTHONDONTWRITEBYTECODE: '1',
      REDIS_PORT: `${redisPort}`,
      ...(joins ? { JOINS: '1' } : {}),
    },
  });
  process.on('exit', () => python.kill('SIGKILL'));
  await printed(python.stderr, 'Listening on TCP');
  const broadcast = (/** @type {string} */ body) =>
    void fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body });
  const cpuMs = () => cpuMsOf(python.pid);
  return { http: { address: () => ({ port }) }, broadcast, cpuMs };
}

/** @param {number | undefined} pid */
function cpuMsOf(pid) {
  const [, fields] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
  const [user, system] = fields.split(' ').slice(11, 13);
  return ((Number(user) + Number(system)) * 1_000) / TICKS;
}
