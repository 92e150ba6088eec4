import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const BINARY = process.env['REDIS_SERVER_PATH'] ?? 'redis-server';

/** Is a Redis of its own, on a free port, which keeps nothing on disk. */
export class RedisServer {
  #process?: ChildProcess;
  readonly #folder = mkdtempSync(join(tmpdir(), 'nest-channels-redis-'));

  private constructor(
    readonly port: number,
    private readonly settings: readonly string[],
  ) {}

  static async start(...settings: string[]): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), settings);
    await server.start();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it, empty. */
  async start(): Promise<void> {
    const usual = ['--port', `${this.port}`, '--dir', this.#folder, '--save', ''];
    const settings = [...usual, '--appendonly', 'no', '--bind', '127.0.0.1', ...this.settings];
    this.#process = spawn(BINARY, settings, { stdio: ['ignore', 'pipe', 'inherit'] });
    await this.#printed('Ready to accept connections');
  }

  /** Ends it at once, and all it held. */
  async kill(): Promise<void> {
    if (!this.#process || this.#process.exitCode !== null) return;
    const ended = once(this.#process, 'close');
    this.#process.kill('SIGKILL');
    await ended;
  }

  freeze(): void {
    this.#process?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#process?.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
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

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
