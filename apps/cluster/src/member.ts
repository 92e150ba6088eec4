import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));
const RESTART_MS = 1_000;

/** Is how a member is started. */
export interface MemberOptions {
  readonly script: string;
  readonly args?: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Is what it prints when it has started. */
  readonly started: string;
  readonly print: (line: string) => void;
}

/**
 * Is one process of the cluster, which is started again when it ends.
 *
 * States: running → waiting → running, until it is stopping → stopped.
 */
export class Member {
  #state: 'running' | 'waiting' | 'stopping' | 'stopped' = 'running';
  #child: ChildProcess;
  #restart?: NodeJS.Timeout;
  #hasStarted: () => void = () => undefined;
  readonly started = new Promise<void>((resolve) => (this.#hasStarted = resolve));

  constructor(private readonly options: MemberOptions) {
    this.#child = this.#run();
  }

  /** Ends it as a deployment does, and resolves when it has ended. */
  async stop(): Promise<void> {
    const wasRunning = this.#state === 'running';
    this.#state = wasRunning ? 'stopping' : 'stopped';
    clearTimeout(this.#restart);
    if (!wasRunning) return;
    const ended = once(this.#child, 'close');
    this.#child.kill('SIGTERM');
    await ended;
  }

  /** Ends it at once. */
  kill(): void {
    this.#state = 'stopped';
    clearTimeout(this.#restart);
    this.#child.kill('SIGKILL');
  }

  #run(): ChildProcess {
    const { script, args = [], env } = this.options;
    const child = spawn(process.execPath, [REPOSITORY + script, ...args], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      // A Ctrl-C reaches the group of the terminal: it is for this process to stop the others.
      detached: true,
    });
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => this.#printed(line));
    }
    child.once('close', (code, signal) => this.#ended(signal ?? `code ${code}`));
    this.options.print(`runs as process ${child.pid}`);
    return child;
  }

  #printed(line: string): void {
    this.options.print(line);
    if (line.includes(this.options.started)) this.#hasStarted();
  }

  #ended(how: string): void {
    this.options.print(`ended with ${how}`);
    if (this.#state !== 'running') return void (this.#state = 'stopped');
    this.#state = 'waiting';
    this.#restart = setTimeout(() => {
      this.#state = 'running';
      this.#child = this.#run();
    }, RESTART_MS);
  }
}
