import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Clock } from '@nest-channels/core';

/**
 * Answers 503 to HTTP requests whose answer has not begun in time.
 *
 * What the application answers afterwards is discarded. An answer that has begun may take as long as
 * it wants: it may be a stream.
 */
export function limitAnswers(
  server: Server,
  { httpTimeoutMs, clock }: { readonly httpTimeoutMs: number; readonly clock: Clock },
): void {
  if (!Number.isFinite(httpTimeoutMs)) return;
  server.prependListener('request', (_request: IncomingMessage, response: ServerResponse) => {
    const timer = clock.setTimer(() => refuse(response), httpTimeoutMs);
    response.once('close', () => timer.cancel());
  });
}

function refuse(response: ServerResponse): void {
  if (response.headersSent) return;
  // Who writes too late causes an error here, which would end the process.
  response.on('error', () => undefined);
  response.writeHead(503, { 'Content-Type': 'text/plain', Connection: 'close' });
  response.end('Service Unavailable\n');
}
