import type { Server } from 'node:http';
import type { INestApplication } from '@nestjs/common';
import { removeStaleSocket } from './stale-socket.js';

/** Is where a server listens: on a port, on a Unix socket, or on a socket that it inherited. */
export type ListeningPlace =
  | { readonly host?: string; readonly port?: number }
  | { readonly unixSocket: string }
  | { readonly fd: number };

const DEFAULT_PORT = 8_000;

/**
 * Lets an application listen, and returns where it does, as its log tells it.
 *
 * A Unix socket whose server died without removing it is replaced.
 */
export async function listen(app: INestApplication, place: ListeningPlace): Promise<string> {
  if ('fd' in place) {
    await listenOn(app, { fd: place.fd });
    return `file descriptor ${place.fd}`;
  }
  if ('unixSocket' in place) {
    await removeStaleSocket(place.unixSocket);
    await app.listen(place.unixSocket);
    return `unix:${place.unixSocket}`;
  }
  const { host, port = DEFAULT_PORT } = place;
  await (host === undefined ? app.listen(port) : app.listen(port, host));
  return addressOf(app.getHttpServer());
}

/** Listens on what Nest's `listen` has no words for; express and fastify hand it on. */
async function listenOn(app: INestApplication, options: { readonly fd: number }): Promise<void> {
  await app.listen(options as unknown as number);
}

function addressOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') return String(address);
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `http://${host}:${address.port}`;
}
