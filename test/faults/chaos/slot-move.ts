import type { RedisServer } from '../../../libs/redis/test/support/redis-server.js';

/** Is how many keys move at once. */
const KEYS_AT_ONCE = 10;

/** Moves a slot; its keys go some at a time, and who asks for one is told where to. */
export async function moveSlot(slot: number, from: RedisServer, to: RedisServer): Promise<void> {
  const [source, target] = await Promise.all([from, to].map((node) => node.ask('CLUSTER', 'MYID')));
  await to.ask('CLUSTER', 'SETSLOT', slot, 'IMPORTING', String(source));
  await from.ask('CLUSTER', 'SETSLOT', slot, 'MIGRATING', String(target));
  for (;;) {
    const keys = (await from.ask('CLUSTER', 'GETKEYSINSLOT', slot, KEYS_AT_ONCE)) as string[];
    if (keys.length === 0) break;
    await from.ask('MIGRATE', '127.0.0.1', to.port, '', 0, 5_000, 'KEYS', ...keys);
  }
  for (const node of [to, from]) await node.ask('CLUSTER', 'SETSLOT', slot, 'NODE', String(target));
}
