import type { IncomingMessage } from 'node:http';
import type { Clock } from '@nest-channels/core';
import { Logger } from '@nestjs/common';
import type { ServerSettings } from '../server-options.js';
import {
  type AccessEntry,
  type AccessSubject,
  type Answer,
  asJson,
  asText,
  type End,
} from './access-entry.js';
import { clip } from '../log-text.js';

/** Leaves room for all the rest of a line within 2 KiB. */
const MAX_PATH_BYTES = 1_000;

/**
 * Logs each handshake and each end of a connection, in the context `Access`.
 *
 * What clients chose stands quoted, escaped and cut in it; queries are left out, for tokens stand
 * in them.
 */
export class AccessLog {
  readonly #logger = new Logger('Access');
  readonly #format: (entry: AccessEntry) => string;

  constructor(
    format: Exclude<ServerSettings['accessLog'], false>,
    private readonly clock: Clock,
  ) {
    this.#format = format === 'json' ? asJson : asText;
  }

  /** Begins the record of a handshake that has just arrived. */
  begin({ method = '', url = '' }: IncomingMessage, client: string): AccessRecord {
    const path = clip(url.split('?', 1)[0], MAX_PATH_BYTES);
    const subject = { client, method, path };
    return new AccessRecord(subject, this.clock, (entry) => this.#logger.log(this.#format(entry)));
  }
}

/** Is the record of one handshake and of the connection it became. */
export class AccessRecord {
  #since: number;

  constructor(
    private readonly subject: AccessSubject,
    private readonly clock: Clock,
    private readonly write: (entry: AccessEntry) => void,
  ) {
    this.#since = clock.now();
  }

  /** Tells how the handshake was answered. */
  answered({ status, subprotocol, reason }: Answer): void {
    const answer = { status, subprotocol, reason };
    this.write({ ...this.subject, event: 'handshake', durationMs: this.#lap(), ...answer });
  }

  /** Tells how the connection ended. */
  ended(end: End): void {
    this.write({ ...this.subject, event: 'end', durationMs: this.#lap(), ...end });
  }

  /** Returns the milliseconds since it was last asked. */
  #lap(): number {
    const since = this.#since;
    this.#since = this.clock.now();
    return Math.round(this.#since - since);
  }
}
