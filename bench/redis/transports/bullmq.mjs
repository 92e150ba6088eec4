import { Queue, Worker } from 'bullmq';
import { frame } from '../../memory/content.mjs';

const CONCURRENCY = 64;

/** @type {import('../throughput.mjs').Transport['receive']} */
export async function receive(port, channel, onMessage) {
  const worker = new Worker(channel, async () => onMessage(), {
    connection: connectionTo(port),
    concurrency: CONCURRENCY,
  });
  await worker.waitUntilReady();
}

/** @type {import('../throughput.mjs').Transport['open']} */
export function open(port, channel) {
  const queue = new Queue(channel, {
    connection: connectionTo(port),
    defaultJobOptions: { removeOnComplete: true },
  });
  return { send: (index) => queue.add('job', frame(index)), close: () => queue.close() };
}

/** @param {number} port */
function connectionTo(port) {
  return { host: '127.0.0.1', port, maxRetriesPerRequest: null };
}
