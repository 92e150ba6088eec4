import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { limitHttp } from '../src/http-limits.js';
import { RawClient } from './support/raw-client.js';

describe('limitHttp', () => {
  it('limits how long and how often a client may ask', () => {
    const server = createServer();
    limitHttp(server, { maxHeaders: 100 });
    expect(server).toMatchObject({
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      keepAliveTimeout: 5_000,
      maxRequestsPerSocket: 1_000,
      maxHeadersCount: 100,
    });
  });

  it('leaves headers unlimited where they are to be', () => {
    const server = createServer();
    limitHttp(server, { maxHeaders: Infinity });
    expect(server.maxHeadersCount).toBe(0);
  });

  it('has silent clients looked for soon', async () => {
    const server = createServer();
    limitHttp(server, { maxHeaders: 100 });
    server.headersTimeout = 1;
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const client = await RawClient.connect((server.address() as AddressInfo).port);
    client.socket.write('GET / HTTP/1.1\r\nHost');
    expect(await client.response()).toMatch(/^HTTP\/1\.1 408 /);
    await new Promise((resolve) => server.close(resolve));
  });
});
