import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { TestSocket } from '../../libs/channels/test/support/test-socket.js';
import { freePort, NodeProcess } from '../support/process.js';
import { Proxy } from '../support/proxy.js';
import { Split } from '../support/split.js';

let split: Split;
let folder: string;
let port: number;
let proxy: Proxy;
let servers: NodeProcess[];

beforeAll(async () => {
  split = await Split.start({ servers: 0, workers: [[]] });
});

afterAll(() => split.stop());

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nest-channels-proxy-'));
  port = await freePort();
  servers = [1, 2].map(startServer);
  for (const server of servers) await server.printed('Listening on unix:');
});

afterEach(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await proxy.stop();
  rmSync(folder, { recursive: true });
});

/** Starts a server as the unit of systemd does. */
function startServer(number: number): NodeProcess {
  const env = { REDIS_URL: split.redis.url };
  const args = ['--unix-socket', `${folder}/server-${number}.sock`, '--proxy-headers', 'unix'];
  return new NodeProcess('apps/server/dist/main.js', env, { args });
}

function echoSocket(headers: Record<string, string> = {}): TestSocket {
  return new TestSocket(`ws://localhost:${port}/ws/echo`, { headers });
}

async function echo(text: string): Promise<TestSocket> {
  const socket = echoSocket({ Origin: `http://localhost:${port}` });
  await socket.opened;
  socket.send(text);
  expect(await socket.next()).toBe(text);
  return socket;
}

describe.each(['nginx', 'caddy'] as const)('%s, as it is shipped', (name) => {
  it('carries pages and sockets, tells who the client is, and passes over what restarts', async () => {
    proxy = await Proxy.start(name, { folder, port });
    expect((await fetch(`http://localhost:${port}/`)).status).toBe(200);
    const foreign = echoSocket({ Origin: 'https://evil.example' });
    expect((await foreign.refused).status).toBe(403);

    const lying = echoSocket({ 'X-Forwarded-For': '203.0.113.9' });
    await lying.opened;
    await lying.close();
    const logs = servers.map(({ output }) => output).join('');
    expect(logs).toMatch(/127\.0\.0\.1 GET "\/ws\/echo" 101/);
    expect(logs).not.toContain('203.0.113.9');

    const socket = await echo('before');
    const opened = [socket, await echo('another')];
    const exits = servers.splice(0, 1).map((server) => server.stop());
    expect(await Promise.all(exits)).toEqual([0]);
    const survivors = [await echo('after'), await echo('again')];
    await Promise.all([...opened, ...survivors].map((each) => each.close()));
    const codes = await Promise.all(opened.map(({ closed }) => closed));
    expect(new Set(codes.map(({ code }) => code))).toEqual(new Set([1000, 1012]));
  });
});
