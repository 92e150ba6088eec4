import { type Clock, systemClock } from '@nest-channels/core';
import session, { type Store } from 'express-session';
import passport from 'passport';
import type { SessionLocks } from './session-locks.js';
import { ProcessLocks } from './session-locks.js';
import type { UserDeserializer } from './session-users.js';

/** Are the options of an application's sessions. */
export interface SessionsModuleOptions {
  /** Is the store that the application gives to express-session. */
  readonly store: Store;
  /** Is what session cookies are signed with, the same as express-session's. */
  readonly secret?: string;
  /** Are several of them: the newest first, older ones as long as cookies of theirs are about. */
  readonly secrets?: readonly string[];
  /** Is the name of the cookie, as express-session's `name`; `connect.sid` if absent. */
  readonly cookieName?: string;
  /** Is where sessions of channels are kept; `store` if absent. */
  readonly channelStore?: Store;
  /** Is how long a session of a channel is kept unchanged; 86,400,000 (a day) if absent. */
  readonly channelSessionMs?: number;
  /** Knows users by what sessions hold of them; passport's own instance if absent. */
  readonly passport?: UserDeserializer;
  /**
   * Returns what {@link Revocation.user} knows a user by, from what passport put into the session.
   *
   * If absent, a text or number stands for itself and an object for its `id`.
   */
  readonly userId?: (serialized: unknown) => string | number | undefined;
  /** Lets one process at a time save a session; needed where several share the stores. */
  readonly locks?: SessionLocks;
  /**
   * Believes the cookie of a handshake that has no `Origin`; false if absent.
   *
   * Browsers always send one. With `true` a native client can use a cookie as well.
   */
  readonly cookieWithoutOrigin?: boolean;
  /**
   * Takes a signed session id from the query as `session_key`, where there is no cookie; false if
   * absent, as addresses end up in logs and histories.
   */
  readonly sessionKeyInQuery?: boolean;
  /** Is the alias of the layer that connections speak over; `default` if absent. */
  readonly layer?: string;
  /** Is how many connections one session may have, 429 beyond; 20 if absent. */
  readonly maxConnectionsPerSession?: number;
  /** Is how often sessions with open connections are looked at again; 60,000 if absent. */
  readonly revalidateMs?: number;
  /** Is how long a store may take for one answer; 2,000 if absent. */
  readonly storeTimeoutMs?: number;
  /** Is where timers take their time from; the system's clock if absent. */
  readonly clock?: Clock;
}

/** Is how short a secret in production is not. */
const MIN_SECRET_LENGTH = 16;

/** Are the options with every default filled in. */
export class SessionsSettings {
  readonly store: Store;
  readonly channelStore: Store;
  readonly secrets: readonly string[];
  readonly cookieName: string;
  readonly channelSessionMs: number;
  readonly passport: UserDeserializer;
  readonly userId: (serialized: unknown) => string | number | undefined;
  readonly locks: SessionLocks;
  readonly cookieWithoutOrigin: boolean;
  readonly sessionKeyInQuery: boolean;
  readonly layer: string;
  readonly maxConnectionsPerSession: number;
  readonly revalidateMs: number;
  readonly storeTimeoutMs: number;
  readonly clock: Clock;

  constructor(options: SessionsModuleOptions) {
    this.store = options.store;
    this.channelStore = options.channelStore ?? options.store;
    this.secrets = [options.secret, ...(options.secrets ?? [])].filter(
      (each) => each !== undefined,
    );
    this.cookieName = options.cookieName ?? 'connect.sid';
    this.channelSessionMs = options.channelSessionMs ?? 24 * 60 * 60 * 1000;
    this.passport = options.passport ?? passport;
    this.userId = options.userId ?? idOf;
    this.clock = options.clock ?? systemClock;
    this.locks = options.locks ?? new ProcessLocks(this.clock);
    this.cookieWithoutOrigin = options.cookieWithoutOrigin ?? false;
    this.sessionKeyInQuery = options.sessionKeyInQuery ?? false;
    this.layer = options.layer ?? 'default';
    this.maxConnectionsPerSession = options.maxConnectionsPerSession ?? 20;
    this.revalidateMs = options.revalidateMs ?? 60_000;
    this.storeTimeoutMs = options.storeTimeoutMs ?? 2_000;
  }

  /** Describes every value that cannot work. */
  problems(): string[] {
    return [
      ...this.#storeProblems(),
      ...this.#secretProblems(),
      ...NUMBERS.filter((key) => !(this[key] > 0)).map(
        (key) => `sessions.${key}: expected a number over 0, got ${this[key]}`,
      ),
    ];
  }

  #storeProblems(): string[] {
    const stores = { store: this.store, channelStore: this.channelStore };
    return Object.entries(stores).flatMap(([key, store]) => {
      if (!isStore(store)) return [`sessions.${key}: expected a store of express-session`];
      if (!isProduction() || !(store instanceof session.MemoryStore)) return [];
      return [`sessions.${key}: a MemoryStore is not for production; use one that lasts`];
    });
  }

  /** A secret does not appear in what is said about it. */
  #secretProblems(): string[] {
    const { secrets } = this;
    if (secrets.length === 0) return ['sessions.secret: expected the secret of express-session'];
    const isShort = secrets.some((secret) => secret === '' || secret.length < minLength());
    return isShort ? [`sessions.secret: expected ${minLength()} characters or more`] : [];
  }
}

const NUMBERS = [
  'channelSessionMs',
  'maxConnectionsPerSession',
  'revalidateMs',
  'storeTimeoutMs',
] as const;

function isStore(store: Partial<Store> | undefined): boolean {
  const methods = ['get', 'set', 'destroy'] as const;
  return methods.every((method) => typeof store?.[method] === 'function');
}

function minLength(): number {
  return isProduction() ? MIN_SECRET_LENGTH : 1;
}

function isProduction(): boolean {
  return process.env['NODE_ENV'] === 'production';
}

function idOf(serialized: unknown): string | number | undefined {
  const id = (Object(serialized) as { id?: unknown }).id ?? serialized;
  return typeof id === 'string' || typeof id === 'number' ? id : undefined;
}
