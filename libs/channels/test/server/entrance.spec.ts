import { afterEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '@nest-channels/core';
import { Logger } from '@nestjs/common';
import { Entrance, type Entry } from '../../src/server/entrance.js';
import { SERVER_DEFAULTS, type ServerOptions } from '../../src/server-options.js';
import type { RawClient } from '../support/raw-client.js';
import { recordLogs } from '../support/recorded-logs.js';
import { stopUpgradeServers, UpgradeServer } from '../support/upgrade-server.js';

afterEach(stopUpgradeServers);

/** Is an entrance in front of a real HTTP server; clients are where their headers say. */
class Bench {
  readonly clock = new ManualClock();
  readonly logs = recordLogs();
  readonly entrance: Entrance;

  private constructor(
    readonly server: UpgradeServer,
    options: ServerOptions,
  ) {
    const settings = { ...SERVER_DEFAULTS, trustedProxies: ['127.0.0.1'], ...options };
    const logger = new Logger('InterfaceServer');
    this.entrance = new Entrance({ settings, clock: this.clock, logger, random: () => 0 });
  }

  static async start(options: ServerOptions = {}): Promise<Bench> {
    return new Bench(await UpgradeServer.start(), options);
  }

  async receive(
    from: string,
    headers: Record<string, string> = {},
  ): Promise<{ client: RawClient; entry?: Entry }> {
    const client = await this.server.rawClient();
    client.handshake('/path?token=secret', { 'X-Forwarded-For': from, ...headers });
    const { request, socket } = await this.server.next();
    return { client, entry: this.entrance.receive(request, socket) };
  }

  /** Resolves with the status and the headers of what is not let in. */
  async refusal(from: string, headers?: Record<string, string>): Promise<string> {
    const { client, entry } = await this.receive(from, headers);
    expect(entry).toBeUndefined();
    return client.response();
  }
}

describe('Entrance', () => {
  it('lets a handshake in, with the client that a trusted proxy names', async () => {
    const bench = await Bench.start({ rootPath: '/live' });
    const { entry } = await bench.receive('203.0.113.7', { 'X-Forwarded-Proto': 'https' });
    expect(entry?.handshake).toMatchObject({
      path: '/path',
      root_path: '/live',
      client: ['203.0.113.7', 0],
      scheme: 'wss',
    });
    expect(bench.logs.lines).toEqual([]);
  });

  it('refuses and logs what is malformed', async () => {
    const bench = await Bench.start();
    const response = await bench.refusal('203.0.113.7', { 'Sec-WebSocket-Version': '8' });
    expect(response).toMatch(/^HTTP\/1\.1 426 .*\r\nConnection: close\r\n/s);
    expect(bench.logs.messages('warn')).toEqual([
      expect.stringContaining('Refused a handshake with 426: expected "Sec-WebSocket-Version: 13"'),
    ]);
  });

  it('refuses and logs pages of other origins, on one line', async () => {
    const bench = await Bench.start();
    const response = await bench.refusal('203.0.113.7', { Origin: 'https://evil.example/\x9b' });
    expect(response).toMatch(/^HTTP\/1\.1 403 /);
    // The client sends the character as two bytes, and Node reads each as one character.
    expect(bench.logs.messages('warn')).toEqual([
      'Refused a handshake from origin "https://evil.example/\xc2\\u009b" with 403. ' +
        'If its pages may connect, list it in server.allowedOrigins.',
    ]);
  });

  it('compares origins with the Host that its proxy passes on', async () => {
    const bench = await Bench.start();
    const page = { Host: 'app.example', Origin: 'https://app.example' };
    expect((await bench.receive('203.0.113.7', page)).entry).toBeDefined();
  });

  it('frees the place of a connection when its socket is closed', async () => {
    const bench = await Bench.start({ maxConnectionsPerAddress: 1 });
    const { client } = await bench.receive('203.0.113.7');
    const response = await bench.refusal('203.0.113.7');
    expect(response).toMatch(/^HTTP\/1\.1 429 .*\r\nRetry-After: 1\r\n/s);
    client.reset();
    await new Promise((resolve) => bench.server.sockets[0].once('close', resolve));
    expect((await bench.receive('203.0.113.7')).entry).toBeDefined();
  });

  it('gives no place to what it refuses', async () => {
    const bench = await Bench.start({ maxConnectionsPerAddress: 1 });
    await bench.refusal('203.0.113.7', { Origin: 'https://evil.example' });
    expect((await bench.receive('203.0.113.7')).entry).toBeDefined();
  });

  it('counts no clients of loopback addresses by address', async () => {
    const bench = await Bench.start({ maxConnectionsPerAddress: 1, trustedProxies: [] });
    for (let time = 0; time < 3; time++) {
      expect((await bench.receive('203.0.113.7')).entry).toBeDefined();
    }
  });

  it('logs who comes too often, once a second', async () => {
    const bench = await Bench.start({ maxHandshakesPerSecondPerAddress: 1 });
    await bench.receive('203.0.113.7');
    for (let time = 0; time < 3; time++) await bench.refusal('203.0.113.7');
    bench.clock.advance(1_000);
    expect(bench.logs.messages('warn')).toEqual([
      'Refused a handshake of 203.0.113.7 with 429: over maxHandshakesPerSecondPerAddress (1).',
      'Refused 2 more handshakes within a second.',
    ]);
  });

  it('says what to do when it is a proxy that comes too often', async () => {
    const bench = await Bench.start({ maxHandshakesPerSecondPerAddress: 1 });
    await bench.receive('10.0.0.1');
    await bench.refusal('10.0.0.1');
    expect(await bench.logs.nextProblem()).toBe(
      'Refused a handshake of 10.0.0.1 with 429: over maxHandshakesPerSecondPerAddress (1). ' +
        'If this is a proxy, name it in server.trustedProxies.',
    );
  });

  it('logs once a second that the process is full', async () => {
    const bench = await Bench.start({ maxConnections: 1 });
    await bench.receive('203.0.113.7');
    expect(await bench.refusal('203.0.113.8')).toMatch(/^HTTP\/1\.1 503 /);
    await bench.refusal('203.0.113.9');
    expect(bench.logs.messages('warn')).toEqual([
      'Refused a handshake of 203.0.113.8 with 503: over maxConnections (1).',
    ]);
  });

  it('drops a client that is gone, whose address nobody knows', async () => {
    const bench = await Bench.start({ accessLog: 'text' });
    const client = await bench.server.rawClient();
    client.handshake('/path');
    client.reset();
    const { request, socket } = await bench.server.next();
    expect(bench.entrance.receive(request, socket)).toBeUndefined();
    expect(socket.destroyed).toBe(true);
    expect(bench.logs.messages('log', 'Access')).toEqual(['unknown GET "/path" left after 0 ms']);
  });

  it('refuses everybody with 503 once it is closed', async () => {
    const bench = await Bench.start();
    bench.entrance.close();
    const response = await bench.refusal('203.0.113.7');
    expect(response).toMatch(/^HTTP\/1\.1 503 .*\r\nRetry-After: 5\r\n/s);
  });

  it('tells the access log what it refuses, and hands on the record of others', async () => {
    const bench = await Bench.start({ accessLog: 'text' });
    await bench.refusal('203.0.113.7', { 'Sec-WebSocket-Version': '8' });
    const { entry } = await bench.receive('203.0.113.8');
    expect(bench.logs.messages('log', 'Access')).toEqual([
      expect.stringMatching(/^203\.0\.113\.7 GET "\/path" 426 after 0 ms: "expected /),
    ]);
    entry?.access?.answered({ status: 101 });
    expect(bench.logs.messages('log', 'Access')).toHaveLength(2);
  });
});
