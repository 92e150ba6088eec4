// Receives round after round in a process of its own: node receiver.mjs port kind
// Each message from its parent says how many come next; it answers when they came.
import { Codec } from '@nest-channels/core';
import { redisLayer } from '@nest-channels/redis';
import { Redis } from 'ioredis';

const [port, kind] = process.argv.slice(2);
let due = 0;
let came = 0;
process.on('message', (count) => {
  due = Number(count);
  came = 0;
  process.send?.('ready');
});
await (kind === 'raw' ? receiveRaw() : receiveByLayer());
process.send?.('connected');

function noteMessage() {
  if (++came === due) process.send?.('done');
}

async function receiveByLayer() {
  const layer = redisLayer({ url: `redis://127.0.0.1:${port}` });
  await layer.connected();
  layer.subscribe([kind], noteMessage);
}

/** Takes from a list, decodes, and does nothing else: no capacity, no expiry. */
async function receiveRaw() {
  const client = new Redis(Number(port), '127.0.0.1', { protocol: 2 });
  const codec = new Codec();
  void takeAll();

  async function takeAll() {
    for (;;) {
      const reply = await client.callBuffer('BLMPOP', 0, 1, 'raw', 'LEFT', 'COUNT', 200);
      const [, entries] = /** @type {[Buffer, Buffer[]]} */ (reply);
      for (const entry of entries) {
        codec.decode(entry);
        noteMessage();
      }
    }
  }
}
