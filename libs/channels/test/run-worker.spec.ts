import { describe, expect, it } from '@jest/globals';
import { runServer, runWorker } from 'nest-channels';
import { deferred } from './support/deferred.js';
import { settled } from './support/settled.js';
import { sharedLayer } from './support/shared-layer.js';
import { SplitApp } from './support/split-app.js';

describe('runWorker', () => {
  it('consumes what other processes send', async () => {
    const app = new SplitApp(sharedLayer());
    const worker = await runWorker(app.module('with consumers'), { args: [] });
    await app.layer.send('jobs', {});
    expect(await app.jobsDone.next()).toBe('done');
    await worker.close();
  });

  it('begins when its layer can carry messages', async () => {
    const { promise: isReady, resolve } = deferred();
    const app = new SplitApp(Object.assign(sharedLayer(), { ready: () => isReady }));
    await app.layer.send('jobs', {});
    const starting = runWorker(app.module('with consumers'), { args: [] });
    await settled();
    expect(app.layer.statistics().messagesPending).toBe(1);
    resolve();
    const worker = await starting;
    expect(await app.jobsDone.next()).toBe('done');
    await worker.close();
  });

  it('does not start on a layer that cannot', async () => {
    const ready = (): Promise<void> => Promise.reject(new Error('refused'));
    const app = new SplitApp(Object.assign(sharedLayer(), { ready }));
    const options = { args: [], abortOnError: false };
    await expect(runWorker(app.module('with consumers'), options)).rejects.toThrow('refused');
    const server = runServer(app.module('with consumers'), { ...options, port: 0 });
    await expect(server).rejects.toThrow('refused');
  });

  it('leaves to other workers what it has not begun when it stops', async () => {
    const app = new SplitApp(sharedLayer());
    const worker = await runWorker(app.module('with consumers'), { args: [] });
    await worker.close();
    await app.layer.send('jobs', {});
    expect(app.layer.statistics().messagesPending).toBe(1);
    const successor = await runWorker(app.module('with consumers'), { args: [] });
    expect(await app.jobsDone.next()).toBe('done');
    await successor.close();
  });
});
