import type { IncomingMessage } from 'node:http';
import type { ServerSettings } from '../server-options.js';
import { readOrigin, webOrigin } from '../web-origin.js';

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
  const page = readOrigin(header);
  if (!page) return false;
  const origin = webOrigin(page.href);
  if (allowed.some((entry) => webOrigin(entry) === origin)) return true;
  return isOwn(page, host) || (!isProduction() && isLoopback(page));
}

/** The scheme is the page's: behind a proxy the server does not see its own. */
function isOwn({ protocol, href }: URL, host: string | undefined): boolean {
  return host !== undefined && webOrigin(`${protocol}//${host}`) === webOrigin(href);
}

function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}

function isProduction(): boolean {
  return process.env['NODE_ENV'] === 'production';
}
