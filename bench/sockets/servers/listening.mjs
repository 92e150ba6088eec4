import { once } from 'node:events';

/** @import { Server } from 'node:http' */

/** @param {Server} http */
export async function listening(http) {
  http.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 });
  await once(http, 'listening');
  return http;
}
