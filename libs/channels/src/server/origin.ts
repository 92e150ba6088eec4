import type { IncomingMessage } from 'node:http';
import type { ServerOptions } from '../channels-options.js';

/**
 * Tells whether the page a handshake comes from may connect.
 *
 * Pages of the server's own host may, those listed in `allowedOrigins`, and outside production
 * those of a loopback host. A request without `Origin` does not come from a page (RFC 6455 §10.2).
 */
export function isAllowedOrigin(
  request: IncomingMessage,
  allowed: NonNullable<ServerOptions['allowedOrigins']>,
): boolean {
  const { origin, host } = request.headers;
  if (origin === undefined || allowed === '*') return true;
  const url = URL.canParse(origin) ? new URL(origin) : undefined;
  if (!url?.host) return false;
  if (allowed.some((entry) => isSameOrigin(entry, url))) return true;
  return url.host === host?.toLowerCase() || (!isProduction() && isLoopback(url.hostname));
}

function isSameOrigin(entry: string, url: URL): boolean {
  return URL.canParse(entry) && new URL(entry).origin === url.origin;
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}

function isProduction(): boolean {
  return process.env['NODE_ENV'] === 'production';
}
