import { afterEach, describe, expect, it } from '@jest/globals';
import type { Message } from 'nest-channels';
import { applyRoutes, include, route } from '../src/index.js';
import { Jobs } from './support/consumers.js';
import { Tests } from './support/tests.js';

const tests = new Tests();
afterEach(tests.close);

const roomOf = ({ params }: Message) => `${params.version} ${params.room}`;

describe('applyRoutes', () => {
  it('has its routes count as long as its body runs', async () => {
    const test = await tests.start({ providers: [Jobs], worker: 'by hand' });
    const client = test.client();
    const within = await applyRoutes(test, [route('jobs', () => 'another')], () =>
      client.sendAndConsume('jobs', { id: 1 }),
    );
    expect(within).toBe('another');
    expect(await client.sendAndConsume('jobs', { id: 1 })).toBe('job 1');
  });

  it('brings the own routes back when its body fails', async () => {
    const test = await tests.start({ providers: [Jobs], worker: 'by hand' });
    const failing = applyRoutes(test, [route('jobs', () => 'another')], () =>
      Promise.reject(new Error('no')),
    );
    await expect(failing).rejects.toThrow('no');
    expect(await test.client().sendAndConsume('jobs', { id: 1 })).toBe('job 1');
  });

  it('takes routes behind prefixes, and gives their captures along', async () => {
    const test = await tests.start({ worker: 'by hand' });
    const routes = [include([route('chat', roomOf, { path: '/:room' })], { path: '/:version' })];
    const content = { path: '/v1/lobby' };
    const room = await applyRoutes(test, routes, () =>
      test.client().sendAndConsume('chat', content),
    );
    expect(room).toBe('v1 lobby');
  });
});
