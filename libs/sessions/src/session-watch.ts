import { reasonOf, type Timer } from '@nest-channels/core';
import { Injectable, Logger } from '@nestjs/common';
import { renewedCookie } from './renewed-cookie.js';
import { Revocation } from './revocation.js';
import { SessionRecords } from './session-records.js';
import { serializedUserOf, SessionUsers } from './session-users.js';
import { SessionsSettings } from './sessions-options.js';

/** Is how many sessions are looked at side by side. */
const BATCH = 16;

/**
 * Looks at HTTP sessions with open connections, every `revalidateMs`.
 *
 * Those that are alive are kept alive; of one that has ended, or whose user is another or gone, the
 * connections are closed: this finds what nobody told of. A store that fails ends nothing.
 *
 * Each worker watches the sessions of the connections that it has opened or heard of since.
 */
@Injectable()
export class SessionWatch {
  readonly #logger = new Logger('Sessions');
  /** Session id → who was logged in when it was first met, as JSON. */
  readonly #watched = new Map<string, string | undefined>();
  readonly #records: SessionRecords;
  readonly #users: SessionUsers;
  #timer?: Timer;

  constructor(
    private readonly settings: SessionsSettings,
    private readonly revocation: Revocation,
  ) {
    const { clock, store, storeTimeoutMs, passport } = settings;
    this.#records = new SessionRecords(store, { clock, timeoutMs: storeTimeoutMs });
    this.#users = new SessionUsers(passport);
  }

  /** Counts the sessions that are watched. */
  get size(): number {
    return this.#watched.size;
  }

  /** Watches a session from now on, until it has no connection any more. */
  add(id: string, serializedUser: unknown): void {
    if (!this.#watched.has(id)) this.#watched.set(id, JSON.stringify(serializedUser));
    this.#timer ??= this.#wait();
  }

  /** Watches nothing any more. */
  close(): void {
    this.#timer?.cancel();
    this.#watched.clear();
  }

  #wait(): Timer {
    const { clock, revalidateMs } = this.settings;
    return clock.setTimer(() => void this.#lookAtAll(), revalidateMs, { inBackground: true });
  }

  async #lookAtAll(): Promise<void> {
    const watched = [...this.#watched];
    for (let start = 0; start < watched.length; start += BATCH) {
      await Promise.all(watched.slice(start, start + BATCH).map((each) => this.#lookAt(...each)));
    }
    this.#timer = this.#watched.size > 0 ? this.#wait() : undefined;
  }

  async #lookAt(id: string, user: string | undefined): Promise<void> {
    // It was closed meanwhile.
    if (!this.#watched.has(id)) return;
    try {
      const members = await this.revocation.sessionGroup(id).channels();
      if (members.length > 0 && (await this.#isAlive(id, user))) return;
      this.#watched.delete(id);
      if (members.length > 0) await this.revocation.session(id);
    } catch (error) {
      this.#logger.warn(`A session could not be looked at again: ${reasonOf(error)}`);
    }
  }

  async #isAlive(id: string, user: string | undefined): Promise<boolean> {
    const record = await this.#records.read(id);
    if (!record) return false;
    const serialized = serializedUserOf(record);
    if (JSON.stringify(serialized) !== user) return false;
    if (serialized !== undefined && !(await this.#users.userOf(record))) return false;
    await this.#records.touch(id, { ...record, cookie: renewedCookie(record) });
    return true;
  }
}
