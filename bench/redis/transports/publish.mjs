import { Codec } from '@nest-channels/core';
import { Redis } from 'ioredis';
import { frame } from '../../memory/content.mjs';

/**
 * Subscribes and decodes: no capacity, no expiry, and what comes while it is away is lost.
 *
 * @type {import('../throughput.mjs').Transport['receive']}
 */
export async function receive(port, channel, onMessage) {
  const client = new Redis(port, '127.0.0.1', { protocol: 2 });
  const codec = new Codec();
  client.on('messageBuffer', (_, message) => {
    codec.decode(message);
    onMessage();
  });
  await client.subscribe(channel);
}

/** @type {import('../throughput.mjs').Transport['open']} */
export function open(port, channel) {
  const client = new Redis(port, '127.0.0.1', { protocol: 2 });
  const codec = new Codec();
  return {
    send: (index) => client.publish(channel, Buffer.from(codec.encode(frame(index)))),
    close: () => client.disconnect(),
  };
}
