import { GivenOptions } from '../given-options.js';
import { CommandLineInvalid } from '../errors.js';
import type { ListeningPlace } from '../listening-place.js';
import type { ServerOptions } from '../server-options.js';
import type { WorkerOptions } from '../worker-options.js';
import { FLAGS, type ProcessRole } from './flags.js';
import { FlagValues } from './flag-values.js';
import { type Given, wordsOfArguments, wordsOfEnvironment } from './given-words.js';

/** Is what a process was told when it was started. */
export interface CommandLine {
  /** Says that the help was asked for, and nothing else counts. */
  readonly isHelp: boolean;
  readonly options: GivenOptions;
  /** Is where to listen; undefined if nobody said. */
  readonly place?: ListeningPlace;
  /** Is from 0 to 3; undefined leaves the levels of the logger as they are. */
  readonly verbosity?: number;
}

/** Each of these says alone where to listen. */
const PLACES = [['bind', 'port'], ['unix-socket'], ['fd']];

const MAX_PORT = 65_535;
const MAX_FD = 1_048_576;
const MAX_CONCURRENCY = 1_000_000;

/**
 * Reads what a process was told: a flag wins over the environment variable of the same meaning.
 *
 * @throws CommandLineInvalid `CHANNELS_COMMAND_LINE_INVALID`
 */
export function readCommandLine(
  role: ProcessRole,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): CommandLine {
  const fromArguments = wordsOfArguments(args, FLAGS[role]);
  const fromEnvironment = wordsOfEnvironment(env, FLAGS[role]);
  const isHelp = fromArguments.has('help');
  if (isHelp) return { isHelp, options: new GivenOptions() };
  const values = new FlagValues(joined(fromArguments, fromEnvironment));
  return {
    isHelp,
    options: new GivenOptions(values.text('layer'), serverOptions(values), workerOptions(values)),
    place: listeningPlace(values),
    verbosity: values.wholeNumber('verbosity', { from: 0, to: 3 }),
  };
}

/** Where to listen is said in one place: a variable says nothing beside a flag of another kind. */
function joined(fromArguments: Given, fromEnvironment: Given): Given {
  const chosen = PLACES.find((names) => names.some((name) => fromArguments.has(name)));
  const others = new Set(chosen ? PLACES.filter((names) => names !== chosen).flat() : []);
  const rest = [...fromEnvironment].filter(([name]) => !others.has(name));
  return new Map([...rest, ...fromArguments]);
}

function serverOptions(values: FlagValues): ServerOptions {
  const format = values.oneOf('access-log', ['text', 'json', 'off']);
  return {
    rootPath: values.text('root-path'),
    trustedProxies: values.list('proxy-headers'),
    httpTimeoutMs: values.seconds('http-timeout'),
    pingIntervalMs: values.seconds('ping-interval'),
    subprotocols: values.list('ws-protocol'),
    accessLog: format === 'off' ? false : format,
  };
}

function workerOptions(values: FlagValues): WorkerOptions {
  return {
    onlyChannels: values.list('only-channels'),
    excludeChannels: values.list('exclude-channels'),
    concurrency: values.wholeNumber('concurrency', { from: 1, to: MAX_CONCURRENCY }),
  };
}

function listeningPlace(values: FlagValues): ListeningPlace | undefined {
  const chosen = PLACES.filter((names) => names.some((name) => values.has(name)));
  if (chosen.length > 1) {
    throw new CommandLineInvalid('expected one of --port, --unix-socket and --fd');
  }
  const unixSocket = values.text('unix-socket');
  if (unixSocket !== undefined) return { unixSocket };
  const fd = values.wholeNumber('fd', { from: 0, to: MAX_FD });
  if (fd !== undefined) return { fd };
  if (chosen.length === 0) return undefined;
  const host = values.text('bind')?.replace(/^\[(.*)\]$/, '$1');
  const port = values.wholeNumber('port', { from: 0, to: MAX_PORT });
  return port === undefined ? { host } : { host, port };
}
