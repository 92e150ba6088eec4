import type { RedisLayerOptions } from '@nest-channels/redis';
import { redisLayer } from '@nest-channels/redis';
import { Inbox } from './layers.js';
import { until } from './redis-cluster.js';

/**
 * Lets the server of two layers fail, and goes on until everything works again.
 *
 * @returns The ids of what came, `before` first and one that begins with `after` last.
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
    await cameThrough(inbox, await again((id) => worker.send('server!a', { id })));
    // It goes to all servers, of which one may be later than the others.
    await cameThrough(inbox, await again((id) => worker.groupSend('room', { id }), 'after '));
    return inbox.ids;
  } finally {
    await Promise.all(layers.map((layer) => layer.close()));
  }
}

/** Sends until it is accepted: as long as there is no master, each send is refused. */
async function again(send: (id: string) => Promise<void>, prefix = ''): Promise<string> {
  let count = 0;
  await until(() =>
    send(`${prefix}${++count}`).then(
      () => true,
      () => false,
    ),
  );
  return `${prefix}${count}`;
}

async function cameThrough(inbox: Inbox, id: unknown): Promise<void> {
  while (!inbox.ids.includes(id)) await inbox.came(inbox.messages.length + 1);
}
