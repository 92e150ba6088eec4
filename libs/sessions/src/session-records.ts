import type { Clock } from '@nest-channels/core';
import type { SessionData, Store } from 'express-session';
import { SessionStoreFailed } from './errors.js';
import type { SessionRecord } from './session-data.js';

type Callback = (error?: unknown, result?: unknown) => void;

/** Is how long a store may take, and by which clock. */
export interface RecordsTerms {
  readonly clock: Clock;
  readonly timeoutMs: number;
}

/**
 * Reads and writes the records of an express-session store.
 *
 * Every call settles in time. What a store says of its failures is not repeated but for the name
 * or code of its error: it may quote what it was given.
 */
export class SessionRecords {
  constructor(
    private readonly store: Store,
    private readonly terms: RecordsTerms,
  ) {}

  /** @throws SessionStoreFailed `CHANNELS_SESSION_STORE_FAILED` */
  async read(id: string): Promise<SessionRecord | undefined> {
    const record = await this.#ask((callback) => this.store.get(id, callback));
    if (record === undefined || record === null) return undefined;
    if (!isRecord(record)) throw new SessionStoreFailed('it gave something that is no session');
    return record;
  }

  /** @throws SessionStoreFailed `CHANNELS_SESSION_STORE_FAILED` */
  async write(id: string, record: SessionRecord): Promise<void> {
    await this.#ask((callback) => this.store.set(id, record as unknown as SessionData, callback));
  }

  /** Keeps a session alive, where the store can. */
  async touch(id: string, record: SessionRecord): Promise<void> {
    if (!this.store.touch) return;
    await this.#ask((callback) =>
      this.store.touch?.(id, record as unknown as SessionData, callback),
    );
  }

  /** @throws SessionStoreFailed `CHANNELS_SESSION_STORE_FAILED` */
  async remove(id: string): Promise<void> {
    await this.#ask((callback) => this.store.destroy(id, callback));
  }

  #ask(begin: (callback: Callback) => unknown): Promise<unknown> {
    const { clock, timeoutMs } = this.terms;
    return new Promise((resolve, reject) => {
      const fail = (problem: string, cause?: unknown): void => {
        timer.cancel();
        reject(new SessionStoreFailed(problem, { cause }));
      };
      const timer = clock.setTimer(() => fail(`no answer within ${timeoutMs} ms`), timeoutMs);
      const answer: Callback = (error, result) => {
        // Some stores report a missing file as an error; express-session lets that pass too.
        if (error && codeOf(error) !== 'ENOENT') return fail(`it failed (${codeOf(error)})`, error);
        timer.cancel();
        resolve(result);
      };
      try {
        // Newer stores return promises as well, whose rejections nobody else would handle.
        Promise.resolve(begin(answer)).catch((error: unknown) => answer(error));
      } catch (error) {
        answer(error ?? new Error('unknown'));
      }
    });
  }
}

function codeOf(error: unknown): string {
  const { code, name } = Object(error) as { code?: unknown; name?: unknown };
  const text = typeof code === 'string' && code !== '' ? code : name;
  return typeof text === 'string' ? text : typeof error;
}

function isRecord(value: unknown): value is SessionRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
