import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { NodeProcess } from '../support/process.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const UNITS = 'deploy/systemd/';

/** Is how long a process takes to stop at most: 30 s for handlers, 10 s for sockets, and some. */
const STOP_SECONDS = 45;

const read = (path: string): string => readFileSync(ROOT + path, 'utf8');

const units = readdirSync(ROOT + UNITS).filter((name) => name.endsWith('.service'));

/** Returns the words that a process is started with after `node`. */
function commandOf(unit: string): string[] {
  const [, words = ''] = /^ExecStart=\/usr\/bin\/node (.*)$/m.exec(read(UNITS + unit)) ?? [];
  return words.replaceAll('%i', '1').split(' ');
}

describe('the units of systemd', () => {
  it.each(units)('%s starts a process that takes its flags', async (unit) => {
    const [script, ...args] = commandOf(unit);
    const process = new NodeProcess(script, {}, { args: [...args, '--help'] });
    expect(await process.exited).toBe(0);
  });

  it.each(units)('%s gives its process time to stop', (unit) => {
    expect(read(UNITS + unit)).toContain(`TimeoutStopSec=${STOP_SECONDS}`);
  });

  const hasSystemd = !spawnSync('systemd-analyze', ['--version']).error;

  (hasSystemd ? it : it.skip)('are what systemd understands', () => {
    const folder = mkdtempSync(join(tmpdir(), 'nest-channels-units-'));
    const paths = units.map((unit) => {
      const path = join(folder, unit.replace('@', '@1'));
      writeFileSync(path, read(UNITS + unit).replace('/usr/bin/node', process.execPath));
      return path;
    });
    const verified = spawnSync('systemd-analyze', ['verify', ...paths], { encoding: 'utf8' });
    rmSync(folder, { recursive: true });
    expect([verified.stderr, verified.status]).toEqual(['', 0]);
  });
});

describe('docker-compose.yml', () => {
  interface Service {
    readonly build?: { readonly context: string; readonly dockerfile: string };
    readonly image?: string;
    readonly init?: boolean;
    readonly pull_policy?: string;
    readonly command?: readonly string[];
    readonly environment?: Readonly<Record<string, string>>;
    readonly stop_grace_period?: string;
    readonly volumes?: readonly string[];
  }
  const text = read('deploy/docker-compose.yml');
  const { services } = parse(text, { merge: true }) as { services: Record<string, Service> };
  const own = Object.entries(services).filter(([, { command }]) => command?.[0] === 'node');

  it('has two servers and workers, which find Redis', () => {
    expect(own.map(([name]) => name)).toEqual(['server-1', 'server-2', 'worker']);
    for (const [, { environment }] of own) {
      expect(environment?.['REDIS_URL']).toBe('redis://redis:6379');
    }
  });

  it.each(own)('%s starts a process that takes its variables', async (_name, service) => {
    const [, script = ''] = service.command ?? [];
    const env = { ...service.environment, REDIS_URL: '', CHANNELS_UNIX_SOCKET: '/none/a.sock' };
    const process = new NodeProcess(script, env);
    // It is the memory layer that it refuses, and not what it was told.
    expect(await process.exited).toBe(1);
    expect(process.output).toContain('CHANNELS_LAYER_LOCAL');
  });

  it('builds one image for them all, which it looks for nowhere else', () => {
    const built = own.flatMap(([, { build }]) => build ?? []);
    expect(built).toEqual([{ context: '..', dockerfile: 'deploy/Dockerfile' }]);
    for (const [, { image, pull_policy }] of own) {
      expect([image, pull_policy]).toEqual(['nest-channels-demo', 'never']);
    }
  });

  it('ends its processes also while they start, and gives them time to stop', () => {
    for (const [, { init, stop_grace_period }] of own) {
      expect([init, stop_grace_period]).toEqual([true, `${STOP_SECONDS}s`]);
    }
  });

  it('mounts what is there', () => {
    const mounted = Object.values(services).flatMap(({ volumes = [] }) => volumes);
    const files = mounted
      .map((volume) => volume.split(':')[0])
      .filter((path) => path.startsWith('.'));
    expect(files.filter((path) => !existsSync(join(ROOT, 'deploy', path)))).toEqual([]);
  });

  it('has servers where the front looks for them', () => {
    const sockets = own.flatMap(
      ([, { environment }]) => environment?.['CHANNELS_UNIX_SOCKET'] ?? [],
    );
    expect(sockets).toHaveLength(2);
    for (const socket of sockets) {
      expect(read('deploy/caddy/Caddyfile')).toContain(`unix/${socket}`);
      expect(read('deploy/nginx/nest-channels.conf')).toContain(`unix:${socket}`);
      expect(read('deploy/Dockerfile')).toContain(`mkdir ${dirname(socket)}`);
    }
  });
});
