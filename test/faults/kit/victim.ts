import { type ChildProcess, fork } from 'node:child_process';
import { EventEmitter } from 'node:events';

/** Are the things that a process is started with. */
export interface VictimOptions {
  /** Is the path of a script, which sends `{ kind: 'ready' }` when it has started. */
  readonly script: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Is what a process reports; `kind` says what it is. */
export interface Report {
  readonly kind: string;
  readonly [key: string]: unknown;
}

/** Is how a process ended: its exit code, or the signal that ended it. */
export type Exit = number | string;

/**
 * Is a process that may be killed, ended, frozen and started again.
 *
 * States: down ⇄ up ⇄ frozen. It reports by messages, which are events here, by their kind.
 */
export class Victim {
  readonly reports = new EventEmitter<Record<string, [Report]>>();
  #state: 'down' | 'up' | 'frozen' = 'down';
  #child?: ChildProcess;
  #exited: Promise<Exit> = Promise.resolve(0);
  #output = '';

  constructor(
    readonly name: string,
    private readonly options: VictimOptions,
  ) {}

  get state(): 'down' | 'up' | 'frozen' {
    return this.#state;
  }

  /** Is what it has printed since its first start. */
  get output(): string {
    return this.#output;
  }

  /** Starts it; resolves when it is ready, and rejects when it ends before. */
  async start(): Promise<void> {
    const { script, env } = this.options;
    const child = fork(script, [], {
      env: { ...process.env, NO_COLOR: '1', VICTIM: this.name, ...env },
      execArgv: [],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#child = child;
    this.#exited = this.#exitOf(child);
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk: string) => (this.#output += chunk));
    }
    child.on('message', (report: Report) => this.reports.emit(report.kind, report));
    await Promise.race([this.#reported('ready'), this.#endedEarly()]);
    this.#state = 'up';
  }

  /** Asks it something and resolves with its answer, a report of the same kind. */
  async ask(kind: string, what: Readonly<Record<string, unknown>> = {}): Promise<Report> {
    const answer = this.#reported(kind);
    this.#child?.send({ kind, ...what });
    return answer;
  }

  /** Ends it at once, without a word; a frozen one too. */
  kill(): Promise<Exit> {
    return this.#end('SIGKILL');
  }

  /** Asks it to end and resolves when it has. */
  terminate(): Promise<Exit> {
    return this.#end('SIGTERM');
  }

  freeze(): void {
    if (this.#state !== 'up') return;
    this.#state = 'frozen';
    this.#child?.kill('SIGSTOP');
  }

  thaw(): void {
    if (this.#state !== 'frozen') return;
    this.#state = 'up';
    this.#child?.kill('SIGCONT');
  }

  /** Kills it and starts it again. */
  async restart(): Promise<void> {
    await this.kill();
    await this.start();
  }

  async #end(signal: NodeJS.Signals): Promise<Exit> {
    this.#child?.kill(signal);
    return this.#exited;
  }

  #exitOf(child: ChildProcess): Promise<Exit> {
    return new Promise((resolve) => {
      child.once('close', (code, signal) => {
        this.#state = 'down';
        resolve(code ?? signal ?? 0);
      });
    });
  }

  #reported(kind: string): Promise<Report> {
    return new Promise((resolve) => this.reports.once(kind, resolve));
  }

  async #endedEarly(): Promise<never> {
    const exit = await this.#exited;
    throw new Error(`${this.name} ended with ${exit} before it was ready:\n${this.#output}`);
  }
}
