import { createServer } from 'node:http';
import { createAdapter } from '@socket.io/redis-adapter';
import { Redis } from 'ioredis';
import { Server } from 'socket.io';
import { listening } from './listening.mjs';

/**
 * Serves with Socket.IO, WebSockets only.
 *
 * @param {object} options
 * @param {number} [options.redisPort] Is where it meets others like it.
 */
export async function start({ redisPort }) {
  const http = await listening(createServer());
  const adapter = redisPort ? { adapter: adapterOver(redisPort) } : {};
  const server = new Server(http, {
    transports: ['websocket'],
    serveClient: false,
    // Listeners do not answer, and it takes a busy machine long to connect thousands of them.
    pingInterval: 600_000,
    ...adapter,
  });
  server.on('connection', (client) => {
    client.on('echo', (text) => client.emit('echo', text));
  });
  const broadcast = (/** @type {string} */ text) => void server.emit('echo', text);
  const sendEach = (/** @type {() => string} */ textOf) => {
    for (const client of server.sockets.sockets.values()) client.emit('echo', textOf());
  };
  return { http, broadcast, sendEach };
}

/** @param {number} port */
function adapterOver(port) {
  const client = new Redis(port, '127.0.0.1', { protocol: 2 });
  return createAdapter(client, client.duplicate());
}
