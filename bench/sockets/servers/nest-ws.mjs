import { WsAdapter } from '@nestjs/platform-ws';
import { startGateways } from './gateways.mjs';

/** Serves with Nest gateways over `ws`. */
export async function start(options) {
  const { http, server } = await startGateways({
    ...options,
    options: { path: '/' },
    adapterOf: (app) => new WsAdapter(app),
  });
  const broadcast = (/** @type {string} */ text) => {
    for (const client of server.clients) client.send(text);
  };
  const sendEach = (/** @type {() => string} */ textOf) => {
    for (const client of server.clients) client.send(textOf());
  };
  return { http, broadcast, sendEach };
}
