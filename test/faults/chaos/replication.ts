import type { RedisServer } from '../../../libs/redis/test/support/redis-server.js';
import { until } from '../kit/until.js';

/** Resolves when a replica has all that its master has. */
export async function replicates(replica: RedisServer): Promise<void> {
  await until(async () => {
    return String(await replica.ask('INFO', 'replication')).includes('master_link_status:up');
  });
}

/** Resolves when a server is a master. */
export async function promoted(server: RedisServer): Promise<void> {
  await until(async () => (await roleOf(server)) === 'master');
}

/** Returns what a server takes itself for: `master` or `slave`. */
export async function roleOf(server: RedisServer): Promise<string> {
  const [role] = (await server.ask('ROLE')) as [string];
  return role;
}
