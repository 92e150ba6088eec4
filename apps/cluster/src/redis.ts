import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { Member } from './member.js';

const BINARY = process.env['REDIS_SERVER_PATH'] ?? 'redis-server';
const STARTED = 'Ready to accept connections';

/** Is a Redis of its own on a free port, which keeps nothing on disk and is started again empty. */
export class Redis {
  private constructor(
    private readonly member: Member,
    readonly url: string,
  ) {}

  /** @throws Error that says where to get Redis when there is none */
  static async start(): Promise<Redis> {
    const port = await freePort();
    const member = new Member({
      command: BINARY,
      args: ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--dir', '/tmp'],
      env: process.env,
      started: STARTED,
      missing: MISSING,
      print: (line) => console.log(`redis | ${line}`),
      isQuiet: true,
    });
    await member.started;
    return new Redis(member, `redis://127.0.0.1:${port}`);
  }

  stop(): Promise<void> {
    return this.member.stop();
  }

  kill(): void {
    this.member.kill();
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

const MISSING =
  'There is no redis-server: install Redis 7 (Debian: apt-get install redis-server, macOS: ' +
  'brew install redis), name one in REDIS_SERVER_PATH, or say in REDIS_URL where one runs.';
