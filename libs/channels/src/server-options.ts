import { isNetwork } from './ip-address.js';
import type { OutboundPolicy } from './outbound-policy.js';
import { webOrigin } from './web-origin.js';

/** Is the alias used where none is given. */
export const DEFAULT_LAYER = 'default';

/** Starts the reply channels of all connections of interface servers. */
export const SERVER_ADDRESS = 'server.';

/** Is what stands for a peer on a Unix socket among trusted proxies. */
export const UNIX_SOCKET = 'unix';

/** Are the options of the interface server. */
export interface ServerOptions {
  /** Is the alias of the layer that connections speak over; `defaultLayer` if absent. */
  readonly layer?: string;

  /**
   * Are the origins whose pages may connect, besides the server's own: `https://app.example`.
   *
   * `'*'` lets every page of the web open sockets with its visitor's cookies. Outside production
   * any loopback origin may connect too. Requests without an `Origin` do not come from a page.
   */
  readonly allowedOrigins?: readonly string[] | '*';
  /**
   * Are the addresses of proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed.
   *
   * Each is an IP address, a network in CIDR form (`10.0.0.0/8`), or `unix` for a peer on a Unix
   * socket; none if absent. The client is the right-most hop that is not one of them. A proxy has
   * to set both headers itself, or pass them on only from proxies, and to pass on `Host`.
   */
  readonly trustedProxies?: readonly string[];
  /** Is what the application's paths are mounted under, as `root_path` of connect; empty if absent. */
  readonly rootPath?: string;
  /**
   * Are paths whose upgrade requests belong to other listeners of the same HTTP server.
   *
   * Each covers itself and everything below. The paths of `@WebSocketGateway`s are left to them
   * without being listed.
   */
  readonly foreignPaths?: readonly string[];
  /**
   * Are the subprotocols to accept with where the application names none; none if absent.
   *
   * The first of them in the order of the client's offer is chosen.
   */
  readonly subprotocols?: readonly string[];
  /** Logs each handshake and each end of a connection through Nest's logger; `false` if absent. */
  readonly accessLog?: 'text' | 'json' | false;

  /**
   * Is how long the answer to an HTTP request may take to begin, 503 then; 120,000 if absent.
   *
   * It concerns processes of `runServer()`, as the HTTP server is theirs.
   */
  readonly httpTimeoutMs?: number;
  /** Is how long a connection waits for an answer before it is refused with 503; 5,000 if absent. */
  readonly acceptTimeoutMs?: number;
  /** Is how much a client may send before it is accepted, 413 otherwise; 65,536 if absent. */
  readonly maxEarlyBytes?: number;
  /** Is how long the target of a handshake may be, 414 otherwise; 8,192 if absent. */
  readonly maxUrlBytes?: number;
  /** Is how many headers a handshake may have, 431 otherwise; 100 if absent. */
  readonly maxHeaders?: number;
  /** Is how many connections the process holds, 503 beyond; never over its open files less 512. */
  readonly maxConnections?: number;
  /**
   * Is how many connections one address may hold, 429 beyond; 200 if absent.
   *
   * A /64 network of IPv6 counts as one address; loopback addresses and Unix sockets are not
   * counted. Behind a proxy all clients share its address until `trustedProxies` names it.
   */
  readonly maxConnectionsPerAddress?: number;
  /** Is how many handshakes are taken in a second, 503 beyond; 1,000 if absent. */
  readonly maxHandshakesPerSecond?: number;
  /** Is how many handshakes one address may make in a second, 429 beyond; 50 if absent. */
  readonly maxHandshakesPerSecondPerAddress?: number;

  /** Is how long a frame or message may be, 1009 otherwise; 1,048,576 if absent. */
  readonly maxMessageBytes?: number;
  /** Is how many fragments a message may have, 1008 otherwise; 256 if absent. */
  readonly maxFragments?: number;
  /** Is how many reads of the socket one frame may take, 1008 otherwise; 1,024 if absent. */
  readonly maxBufferedChunks?: number;
  /** Is how long a message may take from its first to its last byte, 1008 otherwise; 30,000. */
  readonly messageTimeoutMs?: number;
  /**
   * Is how many frames of a connection may be unsettled before its socket is paused; 64 if absent.
   *
   * A frame is settled when its handler has ended. Unsettled bytes are limited to
   * `maxMessageBytes` in the same way.
   */
  readonly maxUnsettledFrames?: number;
  /** Is how long a frame may stay unsettled before it is taken for lost; 60,000 if absent. */
  readonly settleTimeoutMs?: number;
  /**
   * Says what becomes of an ordered connection then; `close` if absent.
   *
   * `close` ends it with 1011, as nobody knows whether the handler still runs; `advance` goes on with
   * the next frame. Other connections always go on. An ordered one is one with `@EnforceOrdering()`.
   */
  readonly unsettledPolicy?: 'close' | 'advance';
  /** Is how many frames a connection may send in a second before it is paused; no limit if absent. */
  readonly maxFramesPerSecond?: number;
  /** Is how long a frame may wait for room in the layer, 1013 then; 5,000 if absent. */
  readonly overloadTimeoutMs?: number;

  /** Is how long a client may be silent before it is pinged; 20,000 if absent. */
  readonly pingIntervalMs?: number;
  /** Is how long a pinged client may stay silent before it is cut off; 30,000 if absent. */
  readonly pingTimeoutMs?: number;
  /** Is how old a connection may get, 1012 then; 86,400,000 (a day) if absent. */
  readonly maxAgeMs?: number;

  /** Is how much may wait for a client that reads slowly; 1,048,576 if absent. */
  readonly maxOutboundBytes?: number;
  /** Is how long a client may read nothing of what waits for it, 1013 then; 10,000 if absent. */
  readonly outboundTimeoutMs?: number;
  /** Says what becomes of frames over `maxOutboundBytes`; `close` (1013) if absent. */
  readonly outboundPolicy?: OutboundPolicy;

  /** Is how long a closing handshake may take before the socket is cut; 5,000 if absent. */
  readonly closeTimeoutMs?: number;
  /**
   * Is over how long connections are closed when the process stops; 10,000 if absent.
   *
   * They are closed with 1012, spread out so that not all come back at once: 2 ms each, this at
   * most.
   */
  readonly drainMs?: number;
}

/** Are the options of the interface server, complete. */
export type ServerSettings = Required<ServerOptions>;

/** Are the values of options that were left out. */
export const SERVER_DEFAULTS: ServerSettings = {
  layer: DEFAULT_LAYER,
  allowedOrigins: [],
  trustedProxies: [],
  rootPath: '',
  foreignPaths: [],
  subprotocols: [],
  accessLog: false,
  httpTimeoutMs: 120_000,
  acceptTimeoutMs: 5_000,
  maxEarlyBytes: 64 * 1024,
  maxUrlBytes: 8 * 1024,
  maxHeaders: 100,
  maxConnections: Infinity,
  maxConnectionsPerAddress: 200,
  maxHandshakesPerSecond: 1_000,
  maxHandshakesPerSecondPerAddress: 50,
  maxMessageBytes: 1024 * 1024,
  maxFragments: 256,
  maxBufferedChunks: 1_024,
  messageTimeoutMs: 30_000,
  maxUnsettledFrames: 64,
  settleTimeoutMs: 60_000,
  unsettledPolicy: 'close',
  maxFramesPerSecond: Infinity,
  overloadTimeoutMs: 5_000,
  pingIntervalMs: 20_000,
  pingTimeoutMs: 30_000,
  maxAgeMs: 24 * 60 * 60 * 1000,
  maxOutboundBytes: 1024 * 1024,
  outboundTimeoutMs: 10_000,
  outboundPolicy: 'close',
  closeTimeoutMs: 5_000,
  drainMs: 10_000,
};

/** Describes every value among the server's options that cannot work, but for numbers under 1. */
export function serverProblems(server: ServerSettings): string[] {
  const { allowedOrigins, trustedProxies, foreignPaths, rootPath, accessLog } = server;
  const origins = allowedOrigins === '*' ? [] : allowedOrigins;
  return [
    ...wrong('allowedOrigins', origins, isOrigin, 'an origin like "https://app.example"'),
    ...wrong('trustedProxies', trustedProxies, isProxy, 'an address like "10.0.0.0/8"'),
    ...wrong('foreignPaths', foreignPaths, isPath, 'a path like "/graphql"'),
    ...wrong('rootPath', [rootPath], isRootPath, 'nothing or a path like "/live"'),
    ...wrong('subprotocols', server.subprotocols, isSubprotocol, 'a token like "chat.v2"'),
    ...wrong('accessLog', [accessLog], isFormat, '"text", "json" or false'),
    ...wrong('outboundPolicy', [server.outboundPolicy], isPolicy, '"close", "drop" or coalesce()'),
    ...wrong(
      'unsettledPolicy',
      [server.unsettledPolicy],
      isUnsettledPolicy,
      '"close" or "advance"',
    ),
    ...wrong('httpTimeoutMs', [server.httpTimeoutMs], isLimitOrTimeout, 'at most 2147483647'),
    ...wrong('closeTimeoutMs', [server.closeTimeoutMs], isTimeout, 'at most 2147483647'),
  ];
}

function wrong<T>(
  key: keyof ServerSettings,
  values: readonly T[],
  isRight: (value: T) => boolean,
  expected: string,
): string[] {
  const misfits = values.filter((value) => !isRight(value));
  return misfits.map((value) => `server.${key}: expected ${expected}, got ${display(value)}`);
}

function display(value: unknown): string {
  return typeof value === 'number' ? String(value) : JSON.stringify(value);
}

function isOrigin(text: string): boolean {
  return webOrigin(text) === text.toLowerCase();
}

function isProxy(text: string): boolean {
  return text === UNIX_SOCKET || isNetwork(text);
}

function isPath(text: string): boolean {
  return /^\/[^?#\s]*$/.test(text);
}

function isRootPath(text: string): boolean {
  return text === '' || (isPath(text) && !text.endsWith('/'));
}

function isFormat(format: unknown): boolean {
  return format === false || format === 'text' || format === 'json';
}

function isPolicy(policy: OutboundPolicy): boolean {
  return policy === 'close' || policy === 'drop' || typeof policy?.keyOf === 'function';
}

function isUnsettledPolicy(policy: unknown): boolean {
  return policy === 'close' || policy === 'advance';
}

/** Tells a token of RFC 9110 §5.6.2, which a subprotocol is (RFC 6455 §4.1). */
function isSubprotocol(text: string): boolean {
  return /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(text);
}

function isLimitOrTimeout(ms: number): boolean {
  return ms === Infinity || isTimeout(ms);
}

/** Node fires a longer timer at once. */
function isTimeout(ms: number): boolean {
  return !(ms > 2_147_483_647);
}
