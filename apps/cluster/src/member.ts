import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const RESTART_MS = 1_000;

/** Is how a member is started. */
export interface MemberOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Is what it prints when it has started. */
  readonly started: string;
  readonly print: (line: string) => void;
  /** Keeps what it says itself from being printed. */
  readonly isQuiet?: boolean;
  /** Is what to say when there is no such command. */
  readonly missing?: string;
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
  #cannotStart: (reason: Error) => void = () => undefined;
  readonly started = new Promise<void>((resolve, reject) => {
    this.#hasStarted = resolve;
    this.#cannotStart = reject;
  });

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
    const { command, args, env } = this.options;
    const child = spawn(command, args, {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      // A Ctrl-C reaches the group of the terminal: it is for this process to stop the others.
      detached: true,
    });
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => this.#printed(line));
    }
    child.once('error', (error) => this.#missed(error));
    child.once('close', (code, signal) => this.#ended(signal ?? `code ${code}`));
    if (child.pid !== undefined) this.options.print(`runs as process ${child.pid}`);
    return child;
  }

  #printed(line: string): void {
    if (!this.options.isQuiet) this.options.print(line);
    if (line.includes(this.options.started)) this.#hasStarted();
  }

  #missed(error: Error): void {
    this.#state = 'stopped';
    this.#cannotStart(new Error(this.options.missing ?? error.message, { cause: error }));
  }

  #ended(how: string): void {
    if (this.#state === 'stopped') return;
    this.options.print(`ended with ${how}`);
    if (this.#state === 'stopping') return void (this.#state = 'stopped');
    this.#state = 'waiting';
    this.#restart = setTimeout(() => {
      this.#state = 'running';
      this.#child = this.#run();
    }, RESTART_MS);
  }
}
