import type { RedisLayer, RedisLayerOptions } from '@nest-channels/redis';
import { redisLayer } from '@nest-channels/redis';
import { Inbox } from './layers.js';
import { until } from './redis-cluster.js';

/**
 * Lets the server of two layers fail, and goes on until everything works again.
 *
 * @returns The ids of what came, `before` first and `after` last.
 */
export async function failOver(
  options: RedisLayerOptions,
  fail: () => Promise<void>,
): Promise<unknown[]> {
  const layers = [1, 2].map(() => redisLayer({ timeoutMs: 2_000, ...options }));
  const [server, worker] = layers;
  try {
    const inbox = new Inbox(server, ['server!']);
    await worker.groupAdd('room', 'server!a');
    await worker.groupSend('room', { id: 'before' });
    await inbox.came(1);
    await fail();
    await cameThrough(inbox, await sendAgainAndAgain(worker, 'server!a'));
    await worker.groupSend('room', { id: 'after' });
    await cameThrough(inbox, 'after');
    return inbox.ids;
  } finally {
    await Promise.all(layers.map((layer) => layer.close()));
  }
}

/** Sends until it is accepted: as long as there is no master, each send is refused. */
async function sendAgainAndAgain(layer: RedisLayer, channel: string): Promise<number> {
  let id = 0;
  await until(async () => {
    id++;
    return layer.send(channel, { id }).then(
      () => true,
      () => false,
    );
  });
  return id;
}

async function cameThrough(inbox: Inbox, id: unknown): Promise<void> {
  while (!inbox.ids.includes(id)) await inbox.came(inbox.messages.length + 1);
}
