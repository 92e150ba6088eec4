import type { Header, Message, WebSocketConnect } from '@nest-channels/core';
import { parse } from 'cookie';
import { unsign } from 'cookie-signature';
import { headerOf, headersOf } from './message-headers.js';

/** Is how long the value of a session cookie may be; browsers allow no more (RFC 6265 §6.1). */
const MAX_COOKIE_LENGTH = 4_096;

const SIGNED = 's:';

/** Is the parameter of the query string that may stand for the cookie. */
export const SESSION_PARAMETER = 'session_key';

/** Are the options of {@link SessionCookies}. */
export interface CookieTerms {
  readonly cookieName: string;
  readonly secrets: readonly string[];
  readonly cookieWithoutOrigin: boolean;
  readonly sessionKeyInQuery: boolean;
}

/**
 * Reads the id of the HTTP session from a message that came with headers.
 *
 * A cookie that is forged, truncated, too long or signed with another key is none at all.
 */
export class SessionCookies {
  constructor(private readonly terms: CookieTerms) {}

  /** Returns the id that the client was given and nobody else can know. */
  sessionIdOf(message: Message): string | undefined {
    const { headers } = message.content as Partial<WebSocketConnect>;
    if (!headers) return undefined;
    return this.#fromCookie(message, headers) ?? this.#fromQuery(message);
  }

  #fromCookie(message: Message, headers: readonly Header[]): string | undefined {
    // A page cannot leave the Origin of a WebSocket out: who does has no cookie of a browser.
    const isOrphan = message.channel === 'websocket.connect' && !headerOf(headers, 'origin');
    if (isOrphan && !this.terms.cookieWithoutOrigin) return undefined;
    const cookies = parse(headersOf(headers, 'cookie').join('; '));
    return this.#unsigned(cookies[this.terms.cookieName]);
  }

  #fromQuery({ content }: Message): string | undefined {
    const query = (content as Partial<WebSocketConnect>).query_string;
    if (!this.terms.sessionKeyInQuery || !query) return undefined;
    const parameters = new URLSearchParams(Buffer.from(query).toString('latin1'));
    return this.#unsigned(parameters.get(SESSION_PARAMETER) ?? undefined);
  }

  #unsigned(value: string | undefined): string | undefined {
    if (!value?.startsWith(SIGNED) || value.length > MAX_COOKIE_LENGTH) return undefined;
    const signed = value.slice(SIGNED.length);
    for (const secret of this.terms.secrets) {
      const id = unsign(signed, secret);
      if (id) return id;
    }
    return undefined;
  }
}
