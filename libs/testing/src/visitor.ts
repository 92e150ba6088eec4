import { cookieHeader, cookiesOf } from './cookies.js';
import { LoginUnknown } from './errors.js';
import { sessionCookieOf, type SessionLoginOptions } from './session-login.js';
import type { WebSocketCommunicator } from './web-socket-communicator.js';
import type { WebSocketOptions } from './web-socket-options.js';

/** Is where a visitor goes; a `ChannelsTest` is one. */
export interface Site {
  fetch(path: string, init?: RequestInit): Promise<Response>;
  webSocket(path: string, options?: WebSocketOptions): WebSocketCommunicator;
  /** Is where sessions of users are kept who are logged in without a password. */
  readonly sessions?: SessionLoginOptions;
}

/** Is the origin of the pages of a tested application. */
export const OWN_ORIGIN = 'http://localhost';

/**
 * Is somebody's browser: it keeps cookies, and takes them along to controllers and sockets.
 *
 * Its sockets come from a page of the application itself. Cookies count for all paths, for as long
 * as the visitor is there.
 */
export class Visitor {
  readonly #cookies = new Map<string, string>();

  constructor(private readonly site: Site) {}

  /** Are the cookies it has now, by name. */
  get cookies(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#cookies);
  }

  /** Has this cookie from now on. */
  setCookie(name: string, value: string): void {
    this.#cookies.set(name, value);
  }

  /** Asks a controller, with the cookies it has, and keeps those that come with the answer. */
  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const cookie = cookieHeader(this.cookies);
    const own = Object.fromEntries(new Headers(init.headers));
    const headers = { origin: OWN_ORIGIN, ...(cookie !== undefined && { cookie }), ...own };
    const answer = await this.site.fetch(path, { ...init, headers });
    this.#keep(answer.headers.getSetCookie());
    return answer;
  }

  /** Returns a socket of its own that has yet to connect, with the cookies it has now. */
  webSocket(path: string, options: WebSocketOptions = {}): WebSocketCommunicator {
    const cookies = { ...this.cookies, ...options.cookies };
    return this.site.webSocket(path, { origin: OWN_ORIGIN, ...options, cookies });
  }

  /**
   * Logs in as a page does: sends credentials as JSON, and keeps the cookie that comes back.
   *
   * @returns whether the application answered with a status under 400
   */
  async login(path: string, credentials: object): Promise<boolean> {
    const headers = { 'Content-Type': 'application/json' };
    const body = JSON.stringify(credentials);
    const { status } = await this.fetch(path, { method: 'POST', headers, body });
    return status < 400;
  }

  /**
   * Logs a user in without a password: puts a session into the store of the application.
   *
   * @throws LoginUnknown `CHANNELS_TEST_LOGIN_UNKNOWN` unless the test has `sessions`
   */
  async forceLogin(user: object): Promise<void> {
    if (!this.site.sessions) throw new LoginUnknown();
    this.setCookie(...(await sessionCookieOf(user, this.site.sessions)));
  }

  #keep(setCookies: readonly string[]): void {
    for (const [name, value] of Object.entries(cookiesOf(setCookies))) {
      if (value === null) this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
  }
}
