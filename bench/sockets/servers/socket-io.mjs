import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { listening } from './listening.mjs';

/** Serves with Socket.IO, WebSockets only. */
export async function start() {
  const http = await listening(createServer());
  const server = new Server(http, { transports: ['websocket'], serveClient: false });
  server.on('connection', (client) => {
    client.on('echo', (text) => client.emit('echo', text));
  });
  const broadcast = (/** @type {string} */ text) => void server.emit('echo', text);
  const sendEach = (/** @type {() => string} */ textOf) => {
    for (const client of server.sockets.sockets.values()) client.emit('echo', textOf());
  };
  return { http, broadcast, sendEach };
}
