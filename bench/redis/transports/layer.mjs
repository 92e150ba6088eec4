import { redisLayer } from '@nest-channels/redis';
import { frame } from '../../memory/content.mjs';

/** Is as good as no limit; it is counted and enforced all the same. */
const PLENTY = 10_000_000;

/** @type {import('../throughput.mjs').Transport['receive']} */
export async function receive(port, channel, onMessage) {
  const layer = redisLayer({ url: `redis://127.0.0.1:${port}` });
  await layer.connected();
  layer.subscribe([channel.replace(/!.*/, '!')], onMessage);
}

/** @type {import('../throughput.mjs').Transport['open']} */
export function open(port, channel) {
  const limits = { capacity: PLENTY, mailboxCapacity: PLENTY };
  const layer = redisLayer({ url: `redis://127.0.0.1:${port}`, ...limits });
  return { send: (index) => layer.send(channel, frame(index)), close: () => layer.close() };
}
