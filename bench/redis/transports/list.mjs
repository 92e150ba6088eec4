import { Codec } from '@nest-channels/core';
import { Redis } from 'ioredis';
import { frame } from '../../memory/content.mjs';

const MOST_AT_ONCE = 200;

/**
 * Takes from a list and decodes: no capacity, no expiry.
 *
 * @type {import('../throughput.mjs').Transport['receive']}
 */
export async function receive(port, channel, onMessage) {
  const client = new Redis(port, '127.0.0.1', { protocol: 2 });
  const codec = new Codec();
  void takeAll();

  async function takeAll() {
    for (;;) {
      const options = [0, 1, channel, 'LEFT', 'COUNT', MOST_AT_ONCE];
      const reply = await client.callBuffer('BLMPOP', options);
      const [, entries] = /** @type {[Buffer, Buffer[]]} */ (reply);
      for (const entry of entries) {
        codec.decode(entry);
        onMessage();
      }
    }
  }
}

/** @type {import('../throughput.mjs').Transport['open']} */
export function open(port, channel) {
  const client = new Redis(port, '127.0.0.1', { protocol: 2 });
  const codec = new Codec();
  return {
    send: (index) => client.rpush(channel, Buffer.from(codec.encode(frame(index)))),
    close: () => client.disconnect(),
  };
}
