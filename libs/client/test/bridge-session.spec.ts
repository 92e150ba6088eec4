import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '@nest-channels/core';
import { WebSocket } from 'ws';
import { bridgeSettings } from '../src/bridge-options.js';
import { BridgeSession } from '../src/bridge-session.js';
import type { BridgeStatus } from '../src/bridge-status.js';
import { SocketServer } from './support/socket-server.js';

let server: SocketServer;
let clock: ManualClock;
let session: BridgeSession;
let statuses: BridgeStatus[];
let wake: () => void;

beforeEach(async () => {
  server = await SocketServer.start();
  clock = new ManualClock();
  statuses = [];
  wake = () => undefined;
  const settings = bridgeSettings({
    WebSocket,
    clock,
    random: () => 0,
    heartbeat: { message: 'there?' },
  });
  const destination = { url: async () => server.url, protocols: undefined };
  session = new BridgeSession(destination, settings, {
    became: (_session, status) => {
      statuses.push(status);
      wake();
    },
    received: () => undefined,
    failed: () => undefined,
  });
});

afterEach(async () => {
  session.close(1000, '');
  await server.stop();
  expect(clock.timers).toBe(0);
});

async function reached(state: string): Promise<void> {
  while (statuses.at(-1)?.state !== state) await new Promise<void>((resolve) => (wake = resolve));
}

describe('BridgeSession', () => {
  it('knows the first connection from those that follow', async () => {
    await reached('open');
    expect([session.isOpen, session.isAgain]).toEqual([true, false]);
    server.cut();
    await reached('waiting');
    expect(session.isOpen).toBe(false);
    clock.advance(500);
    await reached('open');
    expect(session.isAgain).toBe(true);
  });

  it('asks a silent server by its heartbeat, over the connection there is', async () => {
    await reached('open');
    clock.advance(30_000);
    expect(await server.received(1)).toEqual(['"there?"']);
  });

  it('watches nothing while it waits', async () => {
    await reached('open');
    server.cut();
    await reached('waiting');
    expect(clock.timers).toBe(1);
  });
});
