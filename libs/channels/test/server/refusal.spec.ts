import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '@nest-channels/core';
import { headerLines, type Refusal, refuse } from '../../src/server/refusal.js';
import type { RawClient } from '../support/raw-client.js';
import { stopUpgradeServers, UpgradeServer } from '../support/upgrade-server.js';

const clock = new ManualClock();
const deadline = { clock, timeoutMs: 5_000 };

afterEach(async () => {
  await stopUpgradeServers();
  expect(clock.timers).toBe(0);
});

async function handshake(): Promise<{ client: RawClient; socket: Socket }> {
  const server = await UpgradeServer.start();
  const client = await server.rawClient();
  client.handshake('/');
  const { socket } = await server.next();
  return { client, socket: socket as Socket };
}

async function responseTo(refusal: Refusal): Promise<string> {
  const { client, socket } = await handshake();
  refuse(socket, refusal, deadline);
  return client.response();
}

const INJECTIONS: [what: string, name: string, value: string, code: string][] = [
  ['a line break in a value', 'X-A', 'b\r\nX-Evil: 1', 'ERR_INVALID_CHAR'],
  ['a line feed in a value', 'X-A', 'b\nX-Evil: 1', 'ERR_INVALID_CHAR'],
  ['a carriage return in a value', 'X-A', 'b\rX-Evil: 1', 'ERR_INVALID_CHAR'],
  ['a NUL in a value', 'X-A', 'b\0', 'ERR_INVALID_CHAR'],
  ['a character beyond a byte in a value', 'X-A', '☃', 'ERR_INVALID_CHAR'],
  ['a line break in a name', 'X-A: b\r\nX-Evil', '1', 'ERR_INVALID_HTTP_TOKEN'],
  ['a colon in a name', 'X-A:', 'b', 'ERR_INVALID_HTTP_TOKEN'],
  ['a space in a name', 'X A', 'b', 'ERR_INVALID_HTTP_TOKEN'],
  ['no name', '', 'b', 'ERR_INVALID_HTTP_TOKEN'],
];

describe('refuse', () => {
  it('answers with the status, the name of the status as body, and ends the connection', async () => {
    expect(await responseTo({ status: 403 })).toBe(
      'HTTP/1.1 403 Forbidden\r\n' +
        'Content-Type: text/plain; charset=utf-8\r\n' +
        'Content-Length: 10\r\n' +
        'Connection: close\r\n' +
        '\r\n' +
        'Forbidden\n',
    );
  });

  it('answers with headers and a body', async () => {
    const headers = { 'Retry-After': '5', 'X-Caf': 'caf\xe9' };
    expect(await responseTo({ status: 503, headers, body: 'busy' })).toBe(
      'HTTP/1.1 503 Service Unavailable\r\n' +
        'Content-Type: text/plain; charset=utf-8\r\n' +
        'Retry-After: 5\r\n' +
        'X-Caf: caf\xe9\r\n' +
        'Content-Length: 4\r\n' +
        'Connection: close\r\n' +
        '\r\n' +
        'busy',
    );
  });

  it('counts the body in bytes of UTF-8', async () => {
    const response = Buffer.from(await responseTo({ status: 400, body: 'snow ☃' }), 'latin1');
    expect(response.toString()).toMatch(/\r\nContent-Length: 8\r\n.*\r\n\r\nsnow ☃$/s);
  });

  it('sends an empty body as it is', async () => {
    expect(await responseTo({ status: 404, body: '' })).toMatch(
      /\r\nContent-Length: 0\r\nConnection: close\r\n\r\n$/,
    );
  });

  it.each([499, 599])('names a status that nobody knows "Unknown": %i', async (status) => {
    const response = await responseTo({ status });
    expect(response).toMatch(new RegExp(`^HTTP/1\\.1 ${status} Unknown\r\n`));
    expect(response).toMatch(/\r\nContent-Length: 8\r\n.*\r\n\r\nUnknown\n$/s);
  });

  it.each([
    ['Content-Type', 'application/json'],
    ['content-type', 'application/json'],
    ['Content-Length', '4'],
    ['content-length', '99'],
    ['Connection', 'keep-alive'],
  ])('sends one %s when it is given too', async (name, value) => {
    const response = await responseTo({ status: 401, headers: { [name]: value }, body: 'null' });
    expect(response.match(new RegExp(`\r\n${name}: `, 'gi'))).toHaveLength(1);
  });

  it('sends the content type it is given', async () => {
    const headers = { 'Content-Type': 'application/json' };
    const response = await responseTo({ status: 401, headers, body: 'null' });
    expect(response).toContain('\r\nContent-Type: application/json\r\n');
    expect(response).not.toContain('text/plain');
  });

  it.each(INJECTIONS)('throws at %s and sends nothing', async (_what, name, value, code) => {
    const { socket } = await handshake();
    const refusal = { status: 403, headers: { [name]: value } };
    expect(() => refuse(socket, refusal, deadline)).toThrow(expect.objectContaining({ code }));
    expect(socket.bytesWritten).toBe(0);
    expect(socket.writable).toBe(true);
  });

  it('frees the socket of a client that stays', async () => {
    const { client, socket } = await handshake();
    const closed = new Promise((resolve) => socket.once('close', resolve));
    client.socket.pause();
    refuse(socket, { status: 403 }, deadline);
    await closed;
    expect(socket.destroyed).toBe(true);
    client.socket.resume();
  });

  it('does nothing to a socket that has gone', async () => {
    const { client, socket } = await handshake();
    const errors: Error[] = [];
    socket.on('error', (error) => errors.push(error));
    socket.destroy();
    refuse(socket, { status: 403 }, deadline);
    expect(await client.response()).toBe('');
    expect(errors).toEqual([]);
  });
});

describe('headerLines', () => {
  it('returns a line for each header in their order', () => {
    expect(headerLines({ 'X-B': 'two', 'x-a': '', 'X-C': 'tab\tand caf\xe9' })).toEqual([
      'X-B: two',
      'x-a: ',
      'X-C: tab\tand caf\xe9',
    ]);
    expect(headerLines({})).toEqual([]);
  });

  it.each(INJECTIONS)('throws at %s', (_what, name, value, code) => {
    const thrown = expect.objectContaining({ code, name: 'TypeError' });
    expect(() => headerLines({ 'X-Good': 'good', [name]: value })).toThrow(thrown);
  });
});
