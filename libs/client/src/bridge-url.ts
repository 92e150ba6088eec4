import { ClientConfigInvalid } from './errors.js';

/** Is a token of HTTP (RFC 9110 §5.6.2). */
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;

/**
 * Is a URL, or a function that is asked for one before each attempt, for a token in it.
 *
 * A function that fails fails the attempt. `connectTimeoutMs` begins after it, so it has to give up
 * by itself: `fetch(path, { signal: AbortSignal.timeout(5_000) })`.
 */
export type UrlSource = string | (() => string | Promise<string>);

/** Is what a URL without a host is completed from; a page's or worker's `location`. */
export interface Place {
  readonly protocol: string;
  readonly host: string;
}

/**
 * Returns the absolute WebSocket URL that is meant.
 *
 * None means the host of the page, a path one on that host; `wss` goes with `https`.
 *
 * @throws ClientConfigInvalid `CHANNELS_CLIENT_CONFIG_INVALID`
 */
export function bridgeUrl(url: string | undefined, place: Place | undefined): string {
  const isOnHost = url === undefined || (url.startsWith('/') && !url.startsWith('//'));
  if (isOnHost && !place?.host) {
    throw new ClientConfigInvalid('outside a page the URL needs a host, as in wss://app.example/');
  }
  const scheme = place?.protocol === 'https:' ? 'wss' : 'ws';
  const absolute = isOnHost ? `${scheme}://${place?.host}${url ?? ''}` : url;
  return assertWebSocketUrl(absolute.replace(/^http/i, 'ws'));
}

/**
 * Refuses names of subprotocols that no handshake can carry (RFC 6455 §4.1).
 *
 * @throws ClientConfigInvalid `CHANNELS_CLIENT_CONFIG_INVALID`
 */
export function assertProtocols(protocols: string | string[] = []): void {
  const names = [protocols].flat();
  const isRepeated = new Set(names).size < names.length;
  if (!isRepeated && names.every((name) => TOKEN.test(name))) return;
  throw new ClientConfigInvalid('subprotocols have to be different tokens, such as "chat.v2"');
}

function assertWebSocketUrl(url: string): string {
  const { protocol, hash } = URL.canParse(url) ? new URL(url) : { protocol: '', hash: '' };
  if (/^wss?:$/.test(protocol) && !hash) return url;
  throw new ClientConfigInvalid(
    `"${url}" is neither a path nor a ws:// or wss:// URL, without a fragment`,
  );
}
