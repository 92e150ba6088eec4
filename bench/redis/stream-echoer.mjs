// Answers in one stream what comes in another, in a process of its own: node stream-echoer.mjs port
import { Redis } from 'ioredis';
import { appending, read } from './bare-stream.mjs';

const client = new Redis(Number(process.argv[2]), '127.0.0.1', { protocol: 2 });
process.on('disconnect', () => process.exit());
const answer = await appending(client, 'back');
process.send?.('ready');
await read(client.duplicate(), 'there', answer);
