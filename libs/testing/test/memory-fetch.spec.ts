import { createServer, type RequestListener } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { memoryFetch } from '../src/memory-fetch.js';
import { MemoryNetwork } from '../src/memory-network.js';

const ask = (listener: RequestListener, path: string, init?: RequestInit): Promise<Response> =>
  memoryFetch(new MemoryNetwork(), createServer(listener), path, init);

describe('memoryFetch', () => {
  it('sends method, headers, cookies and body, and returns status, headers and body', async () => {
    const answer = await ask(
      (request, response) => {
        const { method, url, headers } = request;
        response.setHeader('Set-Cookie', ['a=1', 'b=2']).writeHead(201);
        request.on('data', (body) => response.end(`${method} ${url} ${headers.cookie} ${body}`));
      },
      '/posts?a=1',
      { method: 'PUT', headers: { Cookie: 'sid=7' }, body: 'text' },
    );
    expect(answer.status).toBe(201);
    expect(await answer.text()).toBe('PUT /posts?a=1 sid=7 text');
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  });

  it('returns an answer without a body', async () => {
    const answer = await ask((_request, response) => response.writeHead(204).end(), '/');
    expect([answer.status, answer.body]).toEqual([204, null]);
  });
});
