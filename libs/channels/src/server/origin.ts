import type { IncomingMessage } from 'node:http';
import type { ServerSettings } from '../server-options.js';
import { webOrigin } from '../web-origin.js';

/** Is an origin as browsers write it (RFC 6454 §6.2), in ASCII: no user, no path. */
const SERIALIZED = /^[a-z][a-z0-9+.-]*:\/\/[\w.:[\]-]+$/i;

/**
 * Tells whether the page a handshake comes from may connect.
 *
 * Pages of the server's own host may, those listed in `allowedOrigins`, and outside production
 * those of a loopback host. A request without `Origin` does not come from a page (RFC 6455 §10.2).
 */
export function isAllowedOrigin(
  request: IncomingMessage,
  allowed: ServerSettings['allowedOrigins'],
): boolean {
  const { origin: header, host } = request.headers;
  if (header === undefined || allowed === '*') return true;
  const origin = SERIALIZED.test(header) ? webOrigin(header) : undefined;
  if (origin === undefined) return false;
  if (allowed.some((entry) => webOrigin(entry) === origin)) return true;
  return isOwn(origin, host) || (!isProduction() && isLoopback(origin));
}

/** The scheme is the page's: behind a proxy the server does not see its own. */
function isOwn(origin: string, host: string | undefined): boolean {
  const [scheme] = origin.split('//');
  return host !== undefined && webOrigin(`${scheme}//${host}`) === origin;
}

function isLoopback(origin: string): boolean {
  const { hostname } = new URL(origin);
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}

function isProduction(): boolean {
  return process.env['NODE_ENV'] === 'production';
}
