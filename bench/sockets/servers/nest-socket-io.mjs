import { IoAdapter } from '@nestjs/platform-socket.io';
import { startGateways } from './gateways.mjs';

/** Serves with Nest gateways over Socket.IO, WebSockets only. */
export async function start(options) {
  const { http, server } = await startGateways({
    ...options,
    options: { transports: ['websocket'], serveClient: false },
    adapterOf: (app) => new IoAdapter(app),
  });
  const broadcast = (/** @type {string} */ text) => void server.emit('echo', text);
  const sendEach = (/** @type {() => string} */ textOf) => {
    for (const client of server.sockets.sockets.values()) client.emit('echo', textOf());
  };
  return { http, broadcast, sendEach };
}
