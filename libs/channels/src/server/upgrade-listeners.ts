import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ForeignPaths } from './foreign-paths.js';

/** Is called with each upgrade request it has to answer. */
export type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/**
 * Becomes the first to hear of upgrade requests, and returns how many listeners were there before.
 *
 * Those hear of foreign paths only from now on: gateways end the sockets of paths they do not know.
 * Listeners that come later hear of everything. What is foreign but has no listener is our own.
 */
export function takeUpgrades(
  httpServer: Server,
  foreign: ForeignPaths,
  listener: UpgradeListener,
): number {
  const others = httpServer.rawListeners('upgrade') as UpgradeListener[];
  httpServer.removeAllListeners('upgrade');
  const isLeftToOthers = (target = ''): boolean =>
    foreign.has(target) && (others.length > 0 || httpServer.listenerCount('upgrade') > 1);
  httpServer.on('upgrade', (request, socket, head) => {
    if (!isLeftToOthers(request.url)) return listener(request, socket, head);
    for (const other of others) other.call(httpServer, request, socket, head);
  });
  return others.length;
}
