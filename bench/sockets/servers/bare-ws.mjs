import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';
import { listening } from './listening.mjs';

/** Serves with nothing but `ws`; `guardMs` is how long its asynchronous `verifyClient` takes. */
export async function start({ guardMs = 0 }) {
  const http = await listening(createServer());
  /** @type {(info: unknown, decide: (allowed: boolean) => void) => void} */
  const verifyClient = (_info, decide) => void setTimeout(decide, guardMs, true);
  const server = new WebSocketServer({
    server: http,
    perMessageDeflate: false,
    ...(guardMs > 0 && { verifyClient }),
  });
  server.on('connection', (client) => {
    client.on('error', () => client.terminate());
    client.on('message', (data, isBinary) => client.send(data, { binary: isBinary }));
  });
  const broadcast = (/** @type {string} */ text) => {
    for (const client of server.clients) client.send(text);
  };
  const sendEach = (/** @type {() => string} */ textOf) => {
    for (const client of server.clients) client.send(textOf());
  };
  return { http, broadcast, sendEach };
}
