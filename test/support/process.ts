import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Is what a script is started with. */
export interface NodeOptions {
  readonly args?: readonly string[];
  /** Are file descriptors that it inherits, as 3 and so on. */
  readonly sockets?: readonly number[];
}

const running = new Set<NodeProcess>();

/** Is a script of the repository running in a process of its own. */
export class NodeProcess {
  #output = '';
  #wake: () => void = () => undefined;
  readonly #child: ChildProcess;
  /** Resolves with the exit code, or with the signal that ended it. */
  readonly exited: Promise<number | string>;

  constructor(script: string, env: Record<string, string> = {}, options: NodeOptions = {}) {
    const { args = [], sockets = [] } = options;
    this.#child = spawn(process.execPath, [`${ROOT}${script}`, ...args], {
      env: { ...process.env, NO_COLOR: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe', ...sockets],
    });
    this.exited = new Promise((resolve) => {
      this.#child.once('close', (code, signal) => {
        running.delete(this);
        this.#wake();
        resolve(code ?? signal ?? 'unknown');
      });
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk: string) => this.#printed(chunk));
    }
    running.add(this);
  }

  get output(): string {
    return this.#output;
  }

  /** Resolves when the process has printed a text; rejects when it ends before. */
  async printed(text: string): Promise<void> {
    while (!this.#output.includes(text)) {
      if (!running.has(this)) throw new Error(`ended before printing "${text}":\n${this.#output}`);
      await this.printedMore();
    }
  }

  /** Resolves when the process has printed something, or has ended. */
  async printedMore(): Promise<void> {
    await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | string> {
    this.#child.kill(signal);
    return this.exited;
  }

  #printed(chunk: string): void {
    this.#output += chunk;
    this.#wake();
  }
}

/** Ends what a test left running; for `afterAll`. */
export async function stopProcesses(): Promise<void> {
  await Promise.all([...running].map((process) => process.stop('SIGKILL')));
}

/** Returns a port that nobody listened on a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
