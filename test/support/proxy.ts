import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const DEPLOY = fileURLToPath(new URL('../../deploy/', import.meta.url));

/** Is where the shipped files have the sockets of the servers. */
const SHIPPED_FOLDER = '/run/nest-channels';

/** Is what a proxy is started with: where the sockets of the servers are, and its port. */
export interface ProxyOptions {
  readonly folder: string;
  readonly port: number;
}

/** Is a proxy as `deploy/` has it, but for port and sockets. */
export class Proxy {
  private constructor(private readonly child: ChildProcess) {}

  static async start(name: 'nginx' | 'caddy', options: ProxyOptions): Promise<Proxy> {
    const args = name === 'nginx' ? nginxArguments(options) : caddyArguments(options);
    const env = { ...process.env, HOME: options.folder };
    const proxy = new Proxy(spawn(name, args, { env, stdio: 'ignore' }));
    await proxy.#listens(options.port);
    return proxy;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const ended = once(this.child, 'close');
    this.child.kill('SIGTERM');
    await ended;
  }

  async #listens(port: number): Promise<void> {
    while (!(await accepts(port))) {
      if (this.child.exitCode !== null) throw new Error('The proxy did not start.');
      await setImmediate();
    }
  }
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

function nginxArguments({ folder, port }: ProxyOptions): string[] {
  const shipped = adapted('nginx/nest-channels.conf', folder);
  const user = process.getuid?.() === 0 ? 'user root;' : '';
  mkdirSync(join(folder, 'nginx'));
  const path = join(folder, 'nginx.conf');
  writeFileSync(
    path,
    `${user} daemon off; worker_processes 1; pid ${folder}/nginx.pid; error_log ${folder}/nginx.log;
     events {}
     http {
       access_log off;
       ${TEMPORARY.map((name) => `${name}_temp_path ${folder}/nginx/${name};`).join(' ')}
       ${shipped.replace('listen 80;', `listen 127.0.0.1:${port};`)}
     }`,
  );
  return ['-p', folder, '-c', path, '-e', `${folder}/nginx.log`];
}

const TEMPORARY = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];

function caddyArguments({ folder, port }: ProxyOptions): string[] {
  const path = join(folder, 'Caddyfile');
  const shipped = adapted('caddy/Caddyfile', folder).replace(':80 {', `http://:${port} {`);
  writeFileSync(path, `{\n\tadmin off\n}\n${shipped}`);
  return ['run', '--config', path, '--adapter', 'caddyfile'];
}

function adapted(file: string, folder: string): string {
  return readFileSync(DEPLOY + file, 'utf8').replaceAll(SHIPPED_FOLDER, folder);
}
