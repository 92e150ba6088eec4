import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '@nest-channels/core';
import { FaultProxy } from './fault-proxy.js';

let clock: ManualClock;
let upstream: Server;
let proxy: FaultProxy;
let requests: string[];
const sockets = new Set<Socket>();

beforeEach(async () => {
  clock = new ManualClock();
  requests = [];
  upstream = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      requests.push(chunk.toString());
      socket.write(`re:${chunk.toString()}`);
    });
  }).listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  proxy = await FaultProxy.start((upstream.address() as AddressInfo).port, clock);
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  await proxy.close();
  upstream.close();
  await once(upstream, 'close');
});

/** Is a client of the proxy that reads in chunks. */
class Client {
  readonly chunks: string[] = [];
  readonly closed: Promise<string | undefined>;
  #wake: () => void = () => undefined;

  constructor(readonly socket: Socket) {
    sockets.add(socket);
    let code: string | undefined;
    socket.on('error', (error: NodeJS.ErrnoException) => (code = error.code));
    socket.on('data', (chunk: Buffer) => {
      this.chunks.push(chunk.toString());
      this.#wake();
    });
    this.closed = new Promise((resolve) => socket.once('close', () => resolve(code)));
  }

  get text(): string {
    return this.chunks.join('');
  }

  async heard(text: string): Promise<void> {
    while (!this.text.includes(text)) await new Promise<void>((resolve) => (this.#wake = resolve));
  }
}

async function client(): Promise<Client> {
  const socket = connect(proxy.port, '127.0.0.1');
  const made = new Client(socket);
  await new Promise((resolve) => socket.once('connect', resolve).once('close', resolve));
  return made;
}

/** Makes sure that what could have come would have. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

describe('a fault proxy', () => {
  it('hands on faithfully until it is told otherwise', async () => {
    const one = await client();
    one.socket.write('ping');
    await one.heard('re:ping');
    expect(proxy.connections).toBe(1);
  });

  it('delays what goes one way, in order', async () => {
    const one = await client();
    proxy.latency(100, 'reply');
    one.socket.write('ping');
    while (clock.timers === 0) await turns();
    expect([requests, one.text]).toEqual([['ping'], '']);
    clock.advance(100);
    await one.heard('re:ping');
  });

  it('hands on in slices', async () => {
    const one = await client();
    proxy.slice(1, 'request');
    one.socket.write('ab');
    await one.heard('b');
    expect(requests.join('')).toBe('ab');
    expect(one.text.replaceAll('re:', '')).toBe('ab');
  });

  it('is a black hole for requests, until it is healed', async () => {
    const one = await client();
    one.socket.write('first');
    await one.heard('re:first');
    proxy.blackHole('request');
    one.socket.write('ping');
    await turns();
    expect(requests).toEqual(['first']);
    proxy.heal();
    await one.heard('re:ping');
  });

  it('is a black hole for replies only, until it is healed', async () => {
    const one = await client();
    one.socket.write('first');
    await one.heard('re:first');
    proxy.blackHole('reply');
    one.socket.write('ping');
    while (requests.length < 2) await turns();
    await turns();
    expect(one.text).toBe('re:first');
    proxy.heal();
    await one.heard('re:ping');
  });

  it('cuts after a request: the server has done what its client hears nothing of', async () => {
    const [one, other] = [await client(), await client()];
    proxy.cutAfter((request) => request.includes('cut'));
    one.socket.write('cut me');
    expect(await one.closed).toBe('ECONNRESET');
    expect([requests, one.text, proxy.cuts]).toEqual([['cut me'], '', 1]);
    other.socket.write('ping');
    await other.heard('re:ping');
  });

  it('resets every connection and takes new ones', async () => {
    const one = await client();
    one.socket.write('ping');
    await one.heard('re:ping');
    proxy.reset();
    expect(await one.closed).toBe('ECONNRESET');
    const next = await client();
    next.socket.write('ping');
    await next.heard('re:ping');
  });

  it('takes nobody while it is down', async () => {
    proxy.down();
    const one = await client();
    await one.closed;
    expect(proxy.connections).toBe(0);
    proxy.heal();
    const next = await client();
    next.socket.write('ping');
    await next.heard('re:ping');
  });
});
