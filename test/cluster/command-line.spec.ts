import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterAll, describe, expect, it } from '@jest/globals';
import { TestSocket } from '../../libs/channels/test/support/test-socket.js';
import { NodeProcess, stopProcesses } from '../support/process.js';
import { Split } from '../support/split.js';

const CLI_TIMEOUT_MS = 60_000;

let split: Split | undefined;

afterAll(async () => {
  await stopProcesses();
  await split?.stop();
});

/** Listens, as systemd does, for processes that inherit the socket. */
async function listening(): Promise<{ parent: Server; port: number; fd: number }> {
  const parent = createServer().listen(0, '127.0.0.1');
  await once(parent, 'listening');
  const { fd } = Reflect.get(parent, '_handle') as { fd: number };
  return { parent, fd, port: (parent.address() as AddressInfo).port };
}

describe('the processes', () => {
  it('end with 2 and one line for a flag they lack', async () => {
    const process = new NodeProcess('apps/server/dist/main.js', {}, { args: ['--prot', '1'] });
    expect(await process.exited).toBe(2);
    expect(process.output).toMatch(/^Unknown option '--prot'; expected .*--help\n$/);
  });

  it('explain their flags', async () => {
    const process = new NodeProcess('apps/server/dist/main.js', {}, { args: ['--help'] });
    expect(await process.exited).toBe(0);
    expect(process.output).toContain('--layer ALIAS');
  });

  it.each([
    [
      'server',
      ['--layer', 'bulk'],
      '--layer: there is no layer "bulk"; ChannelsModule has "default"',
    ],
    ['worker', ['--only-channels', 'none'], 'no channel that has a route is left to read'],
  ])('%s ends with 1 for %j, which its code cannot do', async (role, args, message) => {
    const env = { REDIS_URL: 'redis://127.0.0.1:1' };
    const process = new NodeProcess(`apps/${role}/dist/main.js`, env, { args });
    expect(await process.exited).toBe(1);
    expect(process.output).toContain(message);
    expect(process.output).not.toContain('    at ');
  });

  it(
    'are started by the Nest CLI too',
    () => {
      const nest = spawnSync('npx', ['nest', 'start', 'worker', '--', '--help'], {
        encoding: 'utf8',
      });
      expect(nest.stdout).toContain('--only-channels GLOB ...');
      expect(nest.status).toBe(0);
    },
    CLI_TIMEOUT_MS,
  );
});

describe('servers that inherit one socket', () => {
  it('share its connections, and one goes on when the other ends', async () => {
    split = await Split.start({ servers: 0, workers: [[]] });
    const env = { REDIS_URL: split.redis.url };
    const { parent, port, fd } = await listening();
    const options = { args: ['--fd', '3'], sockets: [fd] };
    const servers = [1, 2].map(() => new NodeProcess('apps/server/dist/main.js', env, options));
    for (const server of servers) await server.printed('Listening on file descriptor 3');
    // The listener of this process would take its share; only the socket itself has to stay.
    parent.close();
    await servers[0].stop();
    const echo = new TestSocket(`ws://127.0.0.1:${port}/ws/echo`);
    echo.webSocket.once('open', () => echo.send('hello'));
    expect(await echo.next()).toBe('hello');
    await echo.close();
  });
});
