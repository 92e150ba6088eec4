import { describe, expect, it } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { Channels, runServer, runWorker } from 'nest-channels';
import type { AddressInfo } from 'node:net';
import { sharedLayer } from './support/shared-layer.js';
import { SplitApp } from './support/split-app.js';
import { TestSocket } from './support/test-socket.js';

const socketOf = (server: INestApplication, path: string): TestSocket => {
  const { port } = server.getHttpServer().address() as AddressInfo;
  return new TestSocket(`ws://localhost:${port}${path}`);
};

describe('runServer', () => {
  it('terminates sockets whose messages a worker handles, without knowing its routes', async () => {
    const app = new SplitApp(sharedLayer());
    const server = await runServer(app.module('without consumers'), { args: [], port: 0 });
    const worker = await runWorker(app.module('with consumers'), { args: [] });
    const socket = socketOf(server, '/echo');
    await socket.opened;
    socket.send('hello');
    expect(await socket.next()).toBe('hello from the worker');
    expect((await socketOf(server, '/other').refused).status).toBe(404);
    await server.close();
    expect((await socket.closed).code).toBe(1012);
    await worker.close();
  });

  it('keeps its sockets while workers are replaced', async () => {
    const app = new SplitApp(sharedLayer());
    const server = await runServer(app.module('without consumers'), { args: [], port: 0 });
    const first = await runWorker(app.module('with consumers'), { args: [] });
    const socket = socketOf(server, '/echo');
    await socket.opened;
    await first.close();
    socket.send('meanwhile');
    const second = await runWorker(app.module('with consumers'), { args: [] });
    expect(await socket.next()).toBe('meanwhile from the worker');
    await server.close();
    await second.close();
  });

  it('limits the HTTP server, which is its own', async () => {
    const app = new SplitApp(sharedLayer());
    const server = await runServer(app.module('without consumers'), { args: [], port: 0 });
    expect(server.getHttpServer()).toMatchObject({ headersTimeout: 10_000, maxHeadersCount: 100 });
    await server.close();
  });

  it('runs no consumer, even where it knows them', async () => {
    const app = new SplitApp(sharedLayer());
    const server = await runServer(app.module('with consumers'), { args: [], port: 0 });
    await server.get(Channels).channel('jobs').send({});
    expect(app.layer.statistics().messagesPending).toBe(1);
    await server.close();
  });
});
