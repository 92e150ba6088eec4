/** Are the options of the worker. */
export interface WorkerOptions {
  /**
   * Is how many messages are handled at the same time; 64 if absent.
   *
   * Channels take turns where more could run, and so do the connections behind one channel.
   */
  readonly concurrency?: number;
  /**
   * Are globs of the channels to read, case-sensitive: `jobs.*`, `job?`, `[a-m]*`, `[!a-m]*`.
   *
   * All that have routes if absent. The boot stops when they and `excludeChannels` leave none.
   */
  readonly onlyChannels?: readonly string[];
  /** Are globs of channels not to read, taken out of those to read; none if absent. */
  readonly excludeChannels?: readonly string[];
  /** Says what becomes of a socket that no route matches: refused with 404 if absent. */
  readonly unrouted?: 'deny' | 'accept';
  /**
   * Says what becomes of an open socket whose handler threw: it stays open if absent.
   *
   * `close` is with 1011, or 1008 for an HTTP exception under 500: those are the client's mistake.
   */
  readonly onError?: 'keep' | 'close';
  /**
   * Is how long a handler of a connection's messages may run; 60,000 if absent.
   *
   * Then its failure is reported, what it had buffered is discarded, what it still sends is refused,
   * and the next message of the connection has its turn. `@TaskTimeout()` sets it for one handler.
   */
  readonly taskTimeoutMs?: number;
  /**
   * Is how long what was received may take to be handled when the process stops; 30,000 if absent.
   *
   * Handlers that still run then are logged by name and left behind.
   */
  readonly shutdownTimeoutMs?: number;
}

/** Are the options of the worker, complete. */
export type WorkerSettings = Required<WorkerOptions>;

/** Are the values of options that were left out. */
export const WORKER_DEFAULTS: WorkerSettings = {
  concurrency: 64,
  onlyChannels: [],
  excludeChannels: [],
  unrouted: 'deny',
  onError: 'keep',
  taskTimeoutMs: 60_000,
  shutdownTimeoutMs: 30_000,
};
