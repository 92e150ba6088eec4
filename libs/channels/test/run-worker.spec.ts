import { describe, expect, it } from '@jest/globals';
import { runWorker } from 'nest-channels';
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
