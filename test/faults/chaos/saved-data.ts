import { Redis } from 'ioredis';
import type { RedisServer } from '../../../libs/redis/test/support/redis-server.js';

/** Are options of a client that sends nothing twice: a shutdown would shut down what comes after. */
const ONCE = {
  protocol: 2,
  disconnectTimeout: 0,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  retryStrategy: () => null,
} as const;

/** Gives a server so many keys, which it has to load when it starts again. */
export async function fill(server: RedisServer, count: number): Promise<void> {
  const tag = await tagAt(server);
  const keys = Array.from({ length: count }, (_, key) => [`{${tag}}:${key}`, 'x'.repeat(64)]);
  await server.ask('MSET', ...keys.flat());
}

/** Ends a server that saves what it holds, and waits until it has. */
export async function saveAndEnd(server: RedisServer): Promise<void> {
  const client = new Redis(server.port, '127.0.0.1', ONCE);
  client.on('error', () => undefined);
  await client.call('SHUTDOWN', 'SAVE').catch(() => undefined);
  client.disconnect();
  await server.kill();
}

/** Finds what a key has to begin with to be kept by this node of a cluster; any other takes all. */
async function tagAt(server: RedisServer): Promise<string> {
  for (let count = 0; ; count++) {
    const tag = `loading${count}`;
    const isHere = await server.ask('SET', `{${tag}}`, '').then(
      () => true,
      (error: Error) => {
        if (!error.message.startsWith('MOVED')) throw error;
        return false;
      },
    );
    if (isHere) return tag;
  }
}
