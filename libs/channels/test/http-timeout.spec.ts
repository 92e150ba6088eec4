import { once } from 'node:events';
import { createServer, get, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '@nest-channels/core';
import { limitAnswers } from '../src/http-timeout.js';
import { Inbox } from './support/inbox.js';

const clock = new ManualClock();
let server: Server;

afterEach(async () => {
  server.close();
  await once(server, 'close');
});

/** Starts a server and asks it once; resolves with the answer's status and body. */
async function ask(listener: RequestListener, httpTimeoutMs: number): Promise<string> {
  server = createServer(listener).listen(0);
  limitAnswers(server, { httpTimeoutMs, clock });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const request = get({ port, agent: false });
  const [response] = await once(request, 'response');
  return `${response.statusCode} ${await text(response)}`;
}

describe('limitAnswers', () => {
  it('answers 503 when the application does not, and discards what comes too late', async () => {
    const late = new Inbox<string>();
    const answer = await ask((_request, response) => {
      setImmediate(() => {
        clock.advance(1_000);
        response.write('too late', () => late.push('written'));
      });
    }, 1_000);
    expect(answer).toBe('503 Service Unavailable\n');
    expect(await late.next()).toBe('written');
  });

  it('leaves an answer alone that has begun', async () => {
    const answer = await ask((_request, response) => {
      response.write('first, ');
      clock.advance(5_000);
      response.end('last');
    }, 1_000);
    expect(answer).toBe('200 first, last');
  });

  it('does nothing where there is no limit', async () => {
    const answer = await ask((_request, response) => {
      clock.advance(1_000_000);
      response.end('done');
    }, Infinity);
    expect(answer).toBe('200 done');
  });
});
