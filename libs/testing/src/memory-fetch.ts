import type { Server } from 'node:http';
import type { Answer, MemoryNetwork } from './memory-network.js';

/** Are the statuses whose answers have no body (RFC 9110 §15). */
const BODILESS: ReadonlySet<number> = new Set([101, 204, 205, 304]);

/** Asks an HTTP server over connections in memory, as `fetch` asks one over the network. */
export async function memoryFetch(
  network: MemoryNetwork,
  server: Server,
  path: string,
  init?: RequestInit,
): Promise<Response> {
  const request = new Request(`http://localhost${path}`, init);
  const { method, headers } = request;
  const body = new Uint8Array(await request.arrayBuffer());
  const asked = { ...Object.fromEntries(headers), host: 'localhost', ...cookieOf(init) };
  return responseOf(await network.ask(server, { method, path, headers: asked, body }));
}

/** A request of `fetch` may not carry cookies of its own; one of a test may. */
function cookieOf(init?: RequestInit): { cookie?: string } {
  const cookie = Object.entries(init?.headers ?? {}).find(([name]) => /^cookie$/i.test(name));
  return cookie ? { cookie: String(cookie[1]) } : {};
}

function responseOf({ status, rawHeaders, body }: Answer): Response {
  const headers = new Headers();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    headers.append(rawHeaders[index], rawHeaders[index + 1]);
  }
  return new Response(BODILESS.has(status) ? null : new Uint8Array(body), { status, headers });
}
