import { Logger, type LogLevel } from '@nestjs/common';
import { ChannelsError } from '@nest-channels/core';
import { type CommandLine, readCommandLine } from './command-line/command-line.js';
import type { ProcessRole } from './command-line/flags.js';
import { usage } from './command-line/usage.js';
import { CommandLineInvalid } from './errors.js';

/** Are the options of a process of its own. */
export interface ProcessOptions {
  /** Are the arguments to read flags from; those of the process if absent. Give `[]` in tests. */
  readonly args?: readonly string[];
  /** Is the environment to read variables from; that of the process if absent. */
  readonly env?: NodeJS.ProcessEnv;
  /** Ends the process when it cannot start; `true` if absent, and `false` throws instead. */
  readonly abortOnError?: boolean;
}

/** Are exit codes: the second is what Unix commands answer to a misuse. */
const FAILED = 1;
const MISUSED = 2;

const LEVELS: readonly (readonly LogLevel[])[] = [
  ['warn', 'error', 'fatal'],
  ['log'],
  ['debug'],
  ['verbose'],
];

/** Starts a process of its own as its command line wants it, and answers for what goes wrong. */
export async function runProcess<App>(
  role: ProcessRole,
  options: ProcessOptions,
  start: (commandLine: CommandLine) => Promise<App>,
): Promise<App> {
  try {
    const { args = process.argv.slice(2), env = process.env } = options;
    const commandLine = readCommandLine(role, args, env);
    if (commandLine.isHelp) return explain(role);
    setLogLevels(commandLine);
    return await start(commandLine);
  } catch (error) {
    if (options.abortOnError === false) throw error;
    return fail(error);
  }
}

/** Returns what a process logs about itself with. */
export function logger(): Logger {
  return new Logger('Channels');
}

function setLogLevels({ verbosity }: CommandLine): void {
  if (verbosity !== undefined) Logger.overrideLogger(LEVELS.slice(0, verbosity + 1).flat());
}

function explain(role: ProcessRole): never {
  process.stdout.write(usage(role));
  process.exit();
}

/** Ends the process, after a line without a stack where it says where in Nest it surfaced only. */
function fail(error: unknown): never {
  if (error instanceof CommandLineInvalid) {
    process.stderr.write(`${error.message}\n`);
    process.exit(MISUSED);
  }
  logger().error(error instanceof ChannelsError ? `${error.message} [${error.code}]` : error);
  process.exit(FAILED);
}
