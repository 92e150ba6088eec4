import type { ServerSettings } from '../server-options.js';

/** Is what a connection shows of itself when it is checked. */
export interface Signs {
  /** Counts the bytes its client has sent. */
  readonly bytesRead: number;
  /** Counts the messages its client has completed. */
  readonly messages: number;
  /** Tells whether a message has begun and not ended. */
  readonly isUnfinished: boolean;
}

/** Is what has to be done about a connection. */
export type Verdict = 'alive' | 'silent' | 'dead' | 'unfinished' | 'old';

/** Are the limits that a connection is checked against. */
export type LivenessLimits = Pick<
  ServerSettings,
  'pingIntervalMs' | 'pingTimeoutMs' | 'messageTimeoutMs' | 'maxAgeMs'
>;

/** Judges from time to time whether a connection is alive, by what its client sends alone. */
export class Liveness {
  readonly #openedAt: number;
  #bytesRead = -1;
  #heardAt: number;
  #pingedAt?: number;
  #messages = 0;
  #unfinishedSince?: number;

  constructor(now: number) {
    this.#openedAt = now;
    this.#heardAt = now;
  }

  /**
   * Says what has to be done; `silent` means to ping it, and is said once per silence, and each time
   * while it is not read: then only what TCP says to a ping tells that it has gone.
   *
   * @param signs undefined when the server itself does not listen to the client
   */
  judge(now: number, signs: Signs | undefined, limits: LivenessLimits): Verdict {
    if (now - this.#openedAt >= limits.maxAgeMs) return 'old';
    if (!signs) return this.#pause(now, limits);
    if (this.#isOverdue(now, signs, limits)) return 'unfinished';
    if (signs.bytesRead !== this.#bytesRead) {
      this.#bytesRead = signs.bytesRead;
      return this.#excuse(now);
    }
    return this.#silence(now, limits);
  }

  /** Takes the client as heard: right after a time in which nobody could be. */
  #excuse(now: number): 'alive' {
    this.#heardAt = now;
    this.#pingedAt = undefined;
    return 'alive';
  }

  /** An unfinished message cannot go on while nobody reads it. */
  #pause(now: number, { pingIntervalMs }: LivenessLimits): Verdict {
    this.#unfinishedSince = undefined;
    this.#excuse(now);
    return pingIntervalMs === Infinity ? 'alive' : 'silent';
  }

  /** Starts a ping's time over: right when the server itself was stopped in it. */
  forgive(now: number): void {
    if (this.#pingedAt !== undefined) this.#pingedAt = now;
    if (this.#unfinishedSince !== undefined) this.#unfinishedSince = now;
  }

  #silence(now: number, limits: LivenessLimits): Verdict {
    if (this.#pingedAt !== undefined) {
      return now - this.#pingedAt >= limits.pingTimeoutMs ? 'dead' : 'alive';
    }
    if (now - this.#heardAt < limits.pingIntervalMs) return 'alive';
    this.#pingedAt = now;
    return 'silent';
  }

  #isOverdue(now: number, signs: Signs, limits: LivenessLimits): boolean {
    const isAnother = signs.messages !== this.#messages;
    this.#messages = signs.messages;
    if (!signs.isUnfinished) {
      this.#unfinishedSince = undefined;
      return false;
    }
    if (this.#unfinishedSince === undefined || isAnother) this.#unfinishedSince = now;
    return now - this.#unfinishedSince >= limits.messageTimeoutMs;
  }
}
