import { afterEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '@nest-channels/core';
import { SERVER_DEFAULTS } from '../../src/server-options.js';
import { readHandshake } from '../../src/server/handshake.js';
import { type Failure, Opening } from '../../src/server/opening.js';
import { Upgrader } from '../../src/server/upgrader.js';
import { Inbox } from '../support/inbox.js';
import type { RawClient } from '../support/raw-client.js';
import { stopUpgradeServers, UpgradeServer } from '../support/upgrade-server.js';

afterEach(stopUpgradeServers);

const PEER = { client: null, scheme: 'ws' } as const;

interface Opened {
  readonly clock: ManualClock;
  readonly client: RawClient;
  readonly opening: Opening;
  readonly failures: Inbox<Failure>;
}

async function open(maxEarlyBytes = 100): Promise<Opened> {
  const server = await UpgradeServer.start();
  const client = await server.rawClient();
  client.handshake('/path');
  const arrived = await server.next();
  const clock = new ManualClock();
  const failures = new Inbox<Failure>();
  const host = {
    clock,
    settings: { ...SERVER_DEFAULTS, maxEarlyBytes },
    upgrader: new Upgrader(SERVER_DEFAULTS),
  };
  const upgrade = { ...arrived, handshake: readHandshake(arrived.request, SERVER_DEFAULTS, PEER) };
  return { clock, client, opening: new Opening(upgrade, host, failures.push), failures };
}

describe('Opening', () => {
  it('becomes a WebSocket that gets what was sent too early', async () => {
    const { clock, client, opening } = await open();
    client.frame(1, Buffer.from('early'));
    const webSocket = opening.accept({ headers: {} });
    const message = new Promise((resolve) => webSocket?.once('message', resolve));
    expect(String(await message)).toBe('early');
    expect(clock.timers).toBe(0);
    webSocket?.terminate();
  });

  it('answers with a status and waits no more', async () => {
    const { clock, client, opening, failures } = await open();
    opening.refuse({ status: 404 });
    expect(await client.response()).toMatch(/^HTTP\/1\.1 404 Not Found\r\n/);
    expect([clock.timers, failures.size]).toEqual([0, 0]);
  });

  it('says when nothing was decided in time, once', async () => {
    const { clock, opening, failures } = await open();
    clock.advance(SERVER_DEFAULTS.acceptTimeoutMs);
    expect(await failures.next()).toBe('timeout');
    opening.drop();
    expect(clock.timers).toBe(0);
  });

  it('says when its client sends too much before', async () => {
    const { client, opening, failures } = await open(10);
    client.socket.write('x'.repeat(11));
    expect(await failures.next()).toBe('too early');
    opening.drop();
  });

  it.each<[string, (client: RawClient) => void]>([
    ['ends its half', (client) => client.socket.end()],
    ['resets', (client) => client.reset()],
  ])('says when its client leaves: %s', async (_how, leave) => {
    const { client, opening, failures } = await open();
    leave(client);
    expect(await failures.next()).toBe('lost');
    opening.drop();
  });

  it('says nothing once it is decided', async () => {
    const { clock, client, opening, failures } = await open();
    opening.drop();
    await client.ended;
    clock.advance(1e6);
    expect(failures.size).toBe(0);
  });
});
