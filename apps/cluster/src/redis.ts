import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

const BINARY = process.env['REDIS_SERVER_PATH'] ?? 'redis-server';

/** Is a Redis of its own on a free port, which keeps nothing on disk. */
export class Redis {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  /** @throws Error that says where to get Redis when there is none */
  static async start(): Promise<Redis> {
    const port = await freePort();
    const settings = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--dir', '/tmp'];
    const stdio = ['ignore', 'pipe', 'ignore'] as const;
    const child = spawn(BINARY, settings, { stdio: [...stdio], detached: true });
    await ready(child);
    return new Redis(child, `redis://127.0.0.1:${port}`);
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }
}

async function ready(child: ChildProcess): Promise<void> {
  let output = '';
  await new Promise<void>((resolve, reject) => {
    child.once('error', () => reject(new Error(MISSING)));
    child.once('close', () => reject(new Error(`Redis did not start: ${output}`)));
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
      if (output.includes('Ready to accept connections')) resolve();
    });
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

const MISSING =
  'There is no redis-server: install Redis 7 (Debian: apt-get install redis-server, macOS: ' +
  'brew install redis), name one in REDIS_SERVER_PATH, or say in REDIS_URL where one runs.';
