// Answers in one list what comes in another, in a process of its own: node list-echoer.mjs port
import { Redis } from 'ioredis';

const client = new Redis(Number(process.argv[2]), '127.0.0.1', { protocol: 2 });
const waiting = client.duplicate();
process.on('disconnect', () => process.exit());
process.send?.('ready');
for (;;) {
  const [, text] = (await waiting.blpop('there', 0)) ?? [];
  if (text !== undefined) void client.rpush('back', text);
}
