import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '@nest-channels/core';
import { WebSocket } from 'ws';
import { type BridgeOptions, bridgeSettings } from '../src/bridge-options.js';
import type { BridgeStatus } from '../src/bridge-status.js';
import { LastingSocket } from '../src/lasting-socket.js';
import { SocketServer } from './support/socket-server.js';

let server: SocketServer;
let clock: ManualClock;
let socket: LastingSocket;
let statuses: BridgeStatus[];
let wake: () => void;
let refusals: string[];

beforeEach(async () => {
  server = await SocketServer.start();
  clock = new ManualClock();
  statuses = [];
  refusals = [];
  wake = () => undefined;
});

afterEach(async () => {
  socket.close(1000, '');
  await server.stop();
  expect(clock.timers).toBe(0);
});

function dial(url: () => Promise<string>, options: BridgeOptions = {}): void {
  const settings = bridgeSettings({ WebSocket, clock, random: () => 1, ...options });
  const became = (status: BridgeStatus): void => {
    statuses.push(status);
    wake();
  };
  socket = new LastingSocket(undefined, settings, {
    url,
    became,
    received: () => undefined,
    refused: ({ message }) => refusals.push(message),
  });
}

async function reached(state: string): Promise<BridgeStatus> {
  while (statuses.at(-1)?.state !== state) await new Promise<void>((resolve) => (wake = resolve));
  return statuses.at(-1) as BridgeStatus;
}

describe('LastingSocket', () => {
  it('asks for the URL before each attempt', async () => {
    const asked: string[] = [];
    dial(async () => {
      asked.push(`?${asked.length}`);
      return server.url + asked.at(-1);
    });
    await reached('open');
    server.cut();
    await reached('waiting');
    clock.advance(2_000);
    await reached('open');
    expect(asked).toEqual(['?0', '?1']);
    expect(socket.socket.url).toBe(`${server.url}?1`);
  });

  it('counts an attempt without a URL as one that failed', async () => {
    let fails = 2;
    dial(async () => {
      if (fails-- > 0) throw new Error('no token');
      return server.url;
    });
    expect(await reached('waiting')).toMatchObject({ attempt: 1, delayMs: 2_000 });
    clock.advance(2_000);
    await reached('connecting');
    expect(await reached('waiting')).toMatchObject({ attempt: 2, delayMs: 4_000 });
    clock.advance(4_000);
    await reached('open');
  });

  it('waits as long after an attempt that no class of sockets wants to make', async () => {
    const made: string[] = [];
    class Picky extends WebSocket {
      constructor(url: string) {
        if (made.push(url) < 3) throw new SyntaxError('mixed content');
        super(url);
      }
    }
    dial(async () => server.url, { WebSocket: Picky });
    expect(await reached('waiting')).toMatchObject({ attempt: 1, delayMs: 2_000 });
    clock.advance(2_000);
    await reached('connecting');
    expect(await reached('waiting')).toMatchObject({ attempt: 2, delayMs: 4_000 });
    expect(made).toHaveLength(2);
    clock.advance(4_000);
    await reached('open');
    expect(refusals).toEqual(Array(2).fill('Cannot connect: mixed content.'));
  });

  it('goes on after a URL that was refused with nothing', async () => {
    let isRefused = true;
    dial(async () => {
      if (isRefused) await Promise.reject(undefined);
      return server.url;
    });
    await reached('waiting');
    isRefused = false;
    clock.advance(2_000);
    await reached('open');
  });

  it('has short delays again only after a connection that has held', async () => {
    dial(async () => server.url);
    const delays: number[] = [];
    for (const heldMs of [0, 4_999, 5_000, 0]) {
      await reached('open');
      clock.advance(heldMs);
      server.cut();
      const { delayMs } = (await reached('waiting')) as { delayMs: number } & BridgeStatus;
      delays.push(delayMs);
      clock.advance(delayMs);
    }
    expect(delays).toEqual([2_000, 4_000, 2_000, 4_000]);
    await reached('open');
  });

  it('dials once a pause, however often it is hurried, and never without one', async () => {
    dial(async () => server.url);
    await reached('open');
    server.cut();
    await reached('waiting');
    for (let count = 0; count < 5; count++) socket.hurry();
    expect(statuses.at(-1)).toMatchObject({ state: 'waiting', attempt: 1, delayMs: 2_000 });
    expect(clock.timers).toBe(1);
    clock.advance(2_000);
    await reached('open');
    await server.connected(2);
    expect(server.sockets).toHaveLength(1);
  });

  it('makes another connection in place of one that is given up', async () => {
    dial(async () => server.url);
    await reached('open');
    const [old] = server.sockets;
    const code = new Promise((resolve) => old.once('close', resolve));
    socket.giveUp('silent');
    expect(await reached('waiting')).toMatchObject({ code: 1006, attempt: 1 });
    clock.advance(2_000);
    await reached('open');
    expect(await code).toBe(4000);
  });

  it('is over when it is closed, also while it waits', async () => {
    dial(async () => server.url);
    await reached('open');
    server.cut();
    await reached('waiting');
    socket.close(1000, 'bye');
    expect(statuses.at(-1)).toEqual({ state: 'closed', code: 1000, reason: 'bye', by: 'client' });
    expect(clock.timers).toBe(0);
    socket.hurry();
    expect(statuses.at(-1)?.state).toBe('closed');
  });
});
