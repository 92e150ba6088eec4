import type { Server } from 'node:http';

/**
 * Gives an HTTP server limits for clients that send slowly, much or nothing at all.
 *
 * Headers have to come within 10 s and a request within 30 s, looked at each second; an idle
 * connection is kept for 5 s and serves 1,000 requests. It has to be called before the server
 * listens, and is meant for servers of our own: an application that embeds channels keeps its own
 * limits.
 *
 * @param maxHeaders is how many headers of a request are kept
 */
export function limitHttp(server: Server, { maxHeaders }: { readonly maxHeaders: number }): void {
  server.headersTimeout = 10_000;
  server.requestTimeout = 30_000;
  server.keepAliveTimeout = 5_000;
  server.maxRequestsPerSocket = 1_000;
  server.maxHeadersCount = Number.isFinite(maxHeaders) ? maxHeaders : 0;
  // Node reads it when the server begins to listen; its 30 s would let a silent client stay for 40.
  Object.assign(server, { connectionsCheckingInterval: 1_000 });
}
