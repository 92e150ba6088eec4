// Receives so many messages in a process of its own: node receiver.mjs port kind count
import { Codec } from '@nest-channels/core';
import { redisLayer } from '@nest-channels/redis';
import { Redis } from 'ioredis';

const [port, kind, total] = process.argv.slice(2);
const count = Number(total);
const receive = kind === 'raw' ? receiveRaw : receiveByLayer;
await receive();
process.send?.('done', () => process.exit());

async function receiveByLayer() {
  const layer = redisLayer({ url: `redis://127.0.0.1:${port}` });
  await layer.connected();
  let came = 0;
  await new Promise((resolve) => {
    layer.subscribe([kind], () => {
      if (++came === count) resolve(undefined);
    });
    process.send?.('ready');
  });
  await layer.close();
}

/** Takes from a list, decodes, and does nothing else: no capacity, no expiry. */
async function receiveRaw() {
  const client = new Redis(Number(port), '127.0.0.1', { protocol: 2 });
  const codec = new Codec();
  process.send?.('ready');
  for (let came = 0; came < count;) {
    const reply = await client.callBuffer('BLMPOP', 0, 1, 'raw', 'LEFT', 'COUNT', 200);
    const [, entries] = /** @type {[Buffer, Buffer[]]} */ (reply);
    for (const entry of entries) codec.decode(entry);
    came += entries.length;
  }
}
