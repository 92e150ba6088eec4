import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestSocket } from '../../libs/channels/test/support/test-socket.js';
import { RedisServer } from '../../libs/redis/test/support/redis-server.js';
import { freePort, NodeProcess, stopProcesses } from '../support/process.js';

let redis: RedisServer;

beforeAll(async () => {
  redis = await RedisServer.start();
});

afterAll(async () => {
  await stopProcesses();
  await redis.stop();
});

describe('server and worker of the guide', () => {
  it('carry a chat over Redis, and stop when they are told to', async () => {
    const port = String(await freePort());
    const env = { REDIS_URL: redis.url, PORT: port };
    const worker = new NodeProcess('docs/snippets/dist/deploy/worker.js', env);
    const server = new NodeProcess('docs/snippets/dist/deploy/server.js', env);
    await worker.printed('Reading from the redis layer');
    await server.printed('Nest application successfully started');
    const socket = new TestSocket(`ws://localhost:${port}/rooms/lobby?name=ada`);
    expect(await socket.next()).toBe('{"joined":"ada"}');
    expect(await worker.stop()).toBe(0);
    const stopped = server.stop();
    expect((await socket.closed).code).toBe(1012);
    expect(await stopped).toBe(0);
  });
});
