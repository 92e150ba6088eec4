import { type Message, reasonOf } from '@nest-channels/core';
import { Injectable, Logger } from '@nestjs/common';
import session from 'express-session';
import { CloseConnection, DenyConnection } from 'nest-channels';
import { channelSessionId } from './channel-session-id.js';
import { lockOf } from './destroy-notices.js';
import { OpenSession } from './open-session.js';
import { renewedCookie } from './renewed-cookie.js';
import { Revocation, SESSION_ENDED } from './revocation.js';
import { conflictsOf, snapshotOf, withChanges } from './session-changes.js';
import { SessionCookies } from './session-cookies.js';
import type { ConnectionUser, SessionRecord } from './session-data.js';
import { withLock } from './session-locks.js';
import { SessionRecords } from './session-records.js';
import { logOut, serializedUserOf, SessionUsers, transferUser } from './session-users.js';
import { SessionWatch } from './session-watch.js';
import { SessionsSettings } from './sessions-options.js';

const CONNECT = 'websocket.connect';
const RECEIVE = 'websocket.receive';

/** Is where a channel session remembers the HTTP session of its connection. */
const HTTP_SESSION_ID = '__http_session';

/** Is where a channel session remembers the HTTP session that its user was taken from. */
const USER_ORIGIN = '__user_from';

/** Are the sessions that were opened for one message. */
interface Opened {
  http?: OpenSession;
  channel?: OpenSession;
  hasLookedForHttp?: true;
}

/** Says that somebody else changed the same keys meanwhile: what was read is no longer so. */
export type SaveOutcome = 'saved' | 'conflict';

/** Opens, saves and removes the sessions of messages. */
@Injectable()
export class Sessions {
  readonly #logger = new Logger('Sessions');
  readonly #opened = new WeakMap<Message, Opened>();
  readonly #cookies: SessionCookies;
  readonly #http: SessionRecords;
  readonly #channel: SessionRecords;
  readonly #users: SessionUsers;
  #hasChannelSessions = false;

  constructor(
    private readonly settings: SessionsSettings,
    private readonly revocation: Revocation,
    private readonly watch: SessionWatch,
  ) {
    const terms = { clock: settings.clock, timeoutMs: settings.storeTimeoutMs };
    this.#cookies = new SessionCookies(settings);
    this.#http = new SessionRecords(settings.store, terms);
    this.#channel = new SessionRecords(settings.channelStore, terms);
    this.#users = new SessionUsers(settings.passport);
  }

  /** Is told when some handler of the application has a channel session: those have to be removed. */
  expectChannelSessions(): void {
    this.#hasChannelSessions = true;
  }

  /**
   * Opens the HTTP session that the client named, as `message.httpSession`; never creates one.
   *
   * @throws SessionStoreFailed `CHANNELS_SESSION_STORE_FAILED`
   */
  async openHttp(message: Message): Promise<void> {
    const opened = this.#openedFor(message);
    if (opened.hasLookedForHttp) return;
    opened.hasLookedForHttp = true;
    const id = this.#cookies.sessionIdOf(message);
    if (id !== undefined) await this.#readHttp(message, id);
  }

  /**
   * Opens the session of the connection, as `message.channelSession`; stores nothing yet.
   *
   * @throws ReplyMissing `CHANNELS_REPLY_MISSING` for a message that came without a connection
   * @throws SessionStoreFailed `CHANNELS_SESSION_STORE_FAILED`
   */
  async openChannel(message: Message): Promise<void> {
    const opened = this.#openedFor(message);
    if (opened.channel) return;
    const id = channelSessionId(message.replyChannel.name);
    // Nothing came before the first message of a connection.
    const record = message.channel === CONNECT ? undefined : await this.#channel.read(id);
    opened.channel = new OpenSession(id, record);
    message.channelSession = opened.channel.data;
  }

  /**
   * Opens both; the HTTP session is remembered, and found again by later messages.
   *
   * @throws CloseConnection with 4401 for a frame of a connection whose HTTP session has ended
   */
  async openBoth(message: Message): Promise<void> {
    await this.openHttp(message);
    await this.openChannel(message);
    const { http, channel } = this.#openedFor(message);
    const data = channel?.data ?? {};
    const known = data[HTTP_SESSION_ID];
    if (http) data[HTTP_SESSION_ID] ??= http.id;
    else if (typeof known === 'string') await this.#readAgain(message, known, data);
  }

  /**
   * Finds who is logged in in a session, and says it in `message.user`.
   *
   * @throws UserLookupFailed `CHANNELS_SESSION_USER_FAILED`
   */
  async identify(message: Message, by: 'http' | 'channel'): Promise<ConnectionUser | null> {
    const opened = this.#openedFor(message)[by]?.data;
    if (by === 'http') await this.#followUser(message, opened);
    else this.#watchOriginOf(opened);
    const user = await this.#users.userOf(opened, message);
    message.user = user;
    return user;
  }

  /** Takes the user of the HTTP session over into that of the connection, and where it came from. */
  takeUserOver(message: Message): void {
    const { http, channel } = this.#openedFor(message);
    if (!http || !channel) return;
    transferUser(http.data, channel.data);
    channel.data[USER_ORIGIN] = http.id;
  }

  /** Saves what the handler changed in the HTTP session; a destroyed one stays destroyed. */
  async saveHttp(message: Message): Promise<SaveOutcome> {
    const { http } = this.#openedFor(message);
    if (!http || http.changes().size === 0) return 'saved';
    return withLock(this.settings.locks, lockOf(http.id), async () => {
      const record = await this.#http.read(http.id);
      if (!record) return this.#gone('The HTTP session');
      return this.#merge(http, record, (merged) =>
        this.#http.write(http.id, { ...merged, cookie: renewedCookie(record) }),
      );
    });
  }

  /** Saves what the handler changed in the session of the connection. */
  async saveChannel(message: Message): Promise<SaveOutcome> {
    const { channel } = this.#openedFor(message);
    if (!channel || channel.changes().size === 0) return 'saved';
    if (message.channel === CONNECT) return this.#writeFirst(channel);
    return withLock(this.settings.locks, lockOf(channel.id), async () => {
      const record = await this.#channel.read(channel.id);
      if (!record && channel.isStored) return this.#gone('The session of a connection');
      return this.#merge(channel, record ?? {}, (merged) => this.#writeChannel(channel.id, merged));
    });
  }

  /** Removes what the store holds of a connection that is over. */
  async removeChannel(message: Message): Promise<void> {
    if (!this.#hasChannelSessions || !message.hasReplyChannel) return;
    const id = channelSessionId(message.replyChannel.name);
    try {
      await withLock(this.settings.locks, lockOf(id), () => this.#channel.remove(id));
    } catch (error) {
      this.#logger.warn(`The session of a connection was not removed: ${reasonOf(error)}`);
    }
  }

  #openedFor(message: Message): Opened {
    const opened = this.#opened.get(message) ?? {};
    this.#opened.set(message, opened);
    return opened;
  }

  async #readHttp(message: Message, id: string): Promise<void> {
    const isConnect = message.channel === CONNECT;
    // Before it is read: whoever destroys it afterwards reaches this connection.
    if (isConnect) await this.revocation.follow(message, { session: id });
    const record = await this.#http.read(id);
    if (!record) return;
    if (isConnect) await this.#assertRoom(id);
    const opened = this.#openedFor(message);
    opened.http = new OpenSession(id, record);
    message.httpSession = opened.http.data;
    this.watch.add(id, serializedUserOf(record));
  }

  async #readAgain(message: Message, id: string, data: SessionRecord): Promise<void> {
    await this.#readHttp(message, id);
    if (message.httpSession) return;
    logOut(data);
    if (message.channel === RECEIVE) throw new CloseConnection(SESSION_ENDED, 'session ended');
  }

  async #assertRoom(id: string): Promise<void> {
    const members = await this.revocation.sessionGroup(id).channels();
    if (members.length <= this.settings.maxConnectionsPerSession) return;
    throw new DenyConnection({ status: 429, headers: { 'Retry-After': '5' } });
  }

  /** The worker that opened the connection may have stopped: whoever hears of it next goes on. */
  #watchOriginOf(data: SessionRecord | undefined): void {
    const [id, user] = [data?.[USER_ORIGIN], serializedUserOf(data)];
    if (typeof id === 'string' && user !== undefined) this.watch.add(id, user);
  }

  async #followUser(message: Message, data: object | undefined): Promise<void> {
    const serialized = serializedUserOf(data);
    const user = serialized === undefined ? undefined : this.settings.userId(serialized);
    if (message.channel === CONNECT && user !== undefined) {
      await this.revocation.follow(message, { user });
    }
  }

  async #merge(
    opened: OpenSession,
    record: SessionRecord,
    write: (merged: SessionRecord) => Promise<void>,
  ): Promise<SaveOutcome> {
    const changes = opened.changes();
    if (conflictsOf(changes, opened.before, snapshotOf(record)).length > 0) return 'conflict';
    await write(withChanges(record, changes));
    opened.saved();
    return 'saved';
  }

  /** A connection is accepted when its handler has ended, so nobody else has written yet. */
  async #writeFirst(channel: OpenSession): Promise<SaveOutcome> {
    await this.#writeChannel(channel.id, channel.data);
    channel.saved();
    return 'saved';
  }

  async #writeChannel(id: string, data: SessionRecord): Promise<void> {
    const { cookie: _, ...rest } = data;
    if (Object.keys(rest).length === 0) return this.#channel.remove(id);
    const cookie = new session.Cookie();
    cookie.maxAge = this.settings.channelSessionMs;
    return this.#channel.write(id, { ...rest, cookie });
  }

  #gone(what: string): SaveOutcome {
    this.#logger.debug(`${what} has ended meanwhile: its changes are dropped`);
    return 'saved';
  }
}
