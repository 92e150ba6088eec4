import { Cluster } from './cluster.js';
import { Redis } from './redis.js';

const INTERRUPTED = 130;

let isStopping = false;

const redis = process.env['REDIS_URL'] ? undefined : await Redis.start().catch(fail);
const cluster = new Cluster(redis?.url ?? String(process.env['REDIS_URL']));
process.once('exit', () => {
  cluster.kill();
  redis?.kill();
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);

const port = Number(process.env['PORT'] || 8000);
await cluster.listen(port).catch(fail);
console.log(
  `Open http://localhost:${port} in two tabs; Ctrl-C stops all. Kill any process: it comes back.`,
);

function stop(): void {
  if (isStopping) process.exit(INTERRUPTED);
  isStopping = true;
  console.log('Stopping servers, then workers ...');
  void cluster
    .stop()
    .then(() => redis?.stop())
    .then(() => process.exit(0));
}

function fail(error: Error): never {
  console.error(error.message);
  process.exit(1);
}
