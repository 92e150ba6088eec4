import type { LoggerService } from '@nestjs/common';
import { Inbox } from './inbox.js';

/** Is one line an application logged. */
export interface LogLine {
  readonly level: 'log' | 'warn' | 'error' | 'debug';
  readonly message: string;
  readonly context: string;
}

const OWN_CONTEXTS = new Set(['Channels', 'InterfaceServer', 'Residents', 'Worker']);

/** Keeps what an application logs, instead of printing it. */
export class LogRecorder implements LoggerService {
  readonly lines: LogLine[] = [];
  readonly #warnings = new Inbox<string>();

  log = (message: unknown, ...rest: unknown[]): void => this.#keep('log', message, rest);
  warn = (message: unknown, ...rest: unknown[]): void => this.#keep('warn', message, rest);
  error = (message: unknown, ...rest: unknown[]): void => this.#keep('error', message, rest);
  debug = (message: unknown, ...rest: unknown[]): void => this.#keep('debug', message, rest);

  /** Lists the messages of a level that one of our own contexts logged. */
  messages(level: LogLine['level'], ...contexts: string[]): string[] {
    const lines = this.lines.filter((line) => line.level === level);
    return lines
      .filter((line) => contexts.length === 0 || contexts.includes(line.context))
      .map((line) => line.message);
  }

  /** Resolves with the next message our own contexts logged as a warning or an error. */
  nextProblem(): Promise<string> {
    return this.#warnings.next();
  }

  #keep(level: LogLine['level'], message: unknown, rest: unknown[]): void {
    const last = rest.at(-1);
    const context = typeof last === 'string' ? last : '';
    this.lines.push({ level, message: String(message), context });
    const isProblem = level === 'warn' || level === 'error';
    if (isProblem && OWN_CONTEXTS.has(context)) this.#warnings.push(String(message));
  }
}
