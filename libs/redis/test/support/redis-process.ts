import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Is the program of Redis. */
export const REDIS = process.env['REDIS_SERVER_PATH'] ?? 'redis-server';

/** Is Redis, or another program that does as it does, with a folder of its own. */
export class RedisProcess {
  #process?: ChildProcess;
  readonly folder = mkdtempSync(join(tmpdir(), 'nest-channels-redis-'));

  constructor(private readonly program = REDIS) {}

  /** Starts it; resolves when it has printed this. */
  async start(settings: readonly string[], printed: string): Promise<void> {
    this.#process = spawn(this.program, settings, {
      stdio: ['ignore', 'pipe', 'inherit'],
      cwd: this.folder,
    });
    await this.#printed(printed);
  }

  /** Ends it at once, and all it held. */
  async kill(): Promise<void> {
    if (!this.#process || (this.#process.exitCode ?? this.#process.signalCode) !== null) return;
    const ended = once(this.#process, 'close');
    this.#process.kill('SIGKILL');
    await ended;
  }

  signal(signal: NodeJS.Signals): void {
    this.#process?.kill(signal);
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #printed(text: string): Promise<void> {
    let output = '';
    const { stdout } = this.#process!;
    await new Promise<void>((resolve, reject) => {
      this.#process!.once('error', reject);
      this.#process!.once('close', () => reject(new Error(`Redis did not start: ${output}`)));
      stdout!.setEncoding('utf8').on('data', (chunk: string) => {
        output += chunk;
        if (output.includes(text)) resolve();
      });
    });
  }
}

/** Returns ports that nobody listens on. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  for (const server of servers) server.close();
  await Promise.all(servers.map((server) => once(server, 'close')));
  return ports;
}
