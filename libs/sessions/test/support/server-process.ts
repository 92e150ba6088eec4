import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

/** Is a server that a test starts for itself. */
export class ServerProcess {
  private constructor(private readonly process: ChildProcess) {}

  /** Starts it; resolves when it has printed that it is ready. */
  static async start(
    command: string,
    args: readonly string[],
    ready: string,
    options: SpawnOptions = {},
  ): Promise<ServerProcess> {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    await printed(child, ready);
    return new ServerProcess(child);
  }

  async stop(): Promise<void> {
    if ((this.process.exitCode ?? this.process.signalCode) !== null) return;
    const ended = once(this.process, 'close');
    this.process.kill('SIGINT');
    await ended;
  }
}

async function printed(child: ChildProcess, text: string): Promise<void> {
  let output = '';
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => reject(new Error(`It ended before it was ready: ${output}`)));
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk: string) => {
        output += chunk;
        if (output.includes(text)) resolve();
      });
    }
  });
}

/** Returns a port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
