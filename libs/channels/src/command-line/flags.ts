import type { Role } from '../channels-runtime.js';

/** Is the role of a process of its own. */
export type ProcessRole = Exclude<Role, 'embedded'>;

/** Is one flag of a process; see {@link variableOf} for the environment. */
export interface Flag {
  readonly name: string;
  /** Is its letter, for those that have one. */
  readonly short?: string;
  /** Is what stands for its value in the help. */
  readonly value: string;
  /** Is the option that it sets. */
  readonly option: string;
  readonly help: string;
  /** Says that it may be given more than once; its variable then has commas between values. */
  readonly isList?: true;
}

const SHARED_FLAGS: readonly Flag[] = [
  {
    name: 'layer',
    value: 'ALIAS',
    option: 'defaultLayer',
    help: 'layer to use where none is named',
  },
  {
    name: 'verbosity',
    short: 'v',
    value: 'LEVEL',
    option: 'the levels of the logger',
    help: 'what to log: 0 warnings and errors, 1 progress, 2 debug, 3 all',
  },
];

const SERVER_FLAGS: readonly Flag[] = [
  {
    name: 'bind',
    short: 'b',
    value: 'ADDRESS',
    option: 'host',
    help: 'address to listen on; all if absent',
  },
  {
    name: 'port',
    short: 'p',
    value: 'PORT',
    option: 'port',
    help: 'port to listen on; 8000 if absent, 0 for any',
  },
  {
    name: 'unix-socket',
    short: 'u',
    value: 'PATH',
    option: 'unixSocket',
    help: 'Unix socket to listen on instead',
  },
  {
    name: 'fd',
    value: 'NUMBER',
    option: 'fd',
    help: 'inherited socket to accept from instead',
  },
  {
    name: 'root-path',
    value: 'PATH',
    option: 'server.rootPath',
    help: 'path that the application is mounted under',
  },
  {
    name: 'proxy-headers',
    value: 'ADDRESS',
    option: 'server.trustedProxies',
    help: 'proxy whose X-Forwarded- headers are believed: address, network or "unix"',
    isList: true,
  },
  {
    name: 'http-timeout',
    value: 'SECONDS',
    option: 'server.httpTimeoutMs',
    help: 'how long the answer to an HTTP request may take to begin',
  },
  {
    name: 'ping-interval',
    value: 'SECONDS',
    option: 'server.pingIntervalMs',
    help: 'how long a client may be silent before it is pinged',
  },
  {
    name: 'ws-protocol',
    value: 'NAME',
    option: 'server.subprotocols',
    help: 'subprotocol to choose where the application chooses none',
    isList: true,
  },
  {
    name: 'access-log',
    value: 'FORMAT',
    option: 'server.accessLog',
    help: 'log handshakes and ends of connections: text, json or off',
  },
];

const WORKER_FLAGS: readonly Flag[] = [
  {
    name: 'only-channels',
    value: 'GLOB',
    option: 'worker.onlyChannels',
    help: 'channels to read; all that have routes if absent',
    isList: true,
  },
  {
    name: 'exclude-channels',
    value: 'GLOB',
    option: 'worker.excludeChannels',
    help: 'channels to leave to other workers',
    isList: true,
  },
  {
    name: 'concurrency',
    value: 'NUMBER',
    option: 'worker.concurrency',
    help: 'how many messages to handle at the same time',
  },
];

/** Is what platforms tell a web server its port with. */
const PORT_VARIABLE = 'PORT';

/** Returns the environment variable that says the same as a flag. */
export function variableOf({ name }: Flag): string {
  return name === 'port' ? PORT_VARIABLE : `CHANNELS_${name.replaceAll('-', '_').toUpperCase()}`;
}

/** Are the flags that each kind of process takes. */
export const FLAGS: Readonly<Record<ProcessRole, readonly Flag[]>> = {
  server: [...SERVER_FLAGS, ...SHARED_FLAGS],
  worker: [...WORKER_FLAGS, ...SHARED_FLAGS],
};
