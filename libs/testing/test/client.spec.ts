import { afterEach, describe, expect, it } from '@jest/globals';
import { ConsumeLater } from 'nest-channels';
import { MissingMessage } from '../src/index.js';
import { Jobs, Ordered, Rooms } from './support/consumers.js';
import { Tests } from './support/tests.js';

const tests = new Tests();
afterEach(tests.close);

const start = () => tests.start({ providers: [Jobs, Ordered, Rooms], worker: 'by hand' });

describe('a client', () => {
  it('sends a message, has it handled, and gets what the handler returned', async () => {
    const client = (await start()).client();
    expect(await client.sendAndConsume('jobs', { id: 1 })).toBe('job 1');
  });

  it('takes what handlers have sent, as a message or to have it handled', async () => {
    const test = await start();
    const client = test.client();
    await client.sendAndConsume('jobs', { id: 1 });
    const report = await client.getNextMessage('reports');
    expect(report).toMatchObject({ channel: 'reports', content: { id: 1 } });
    expect(await client.getNextMessage('reports')).toBeUndefined();
    await client.sendAndConsume('jobs', { id: 2 });
    await client.consume('reports');
    expect(test.get(Jobs).done).toEqual([1, 2, 'reported 2']);
  });

  it('gets what a handler throws, control flow included', async () => {
    const client = (await start()).client();
    await expect(client.sendAndConsume('jobs', { fail: true })).rejects.toThrow('the job failed');
    await expect(client.sendAndConsume('jobs', { later: true })).rejects.toThrow(ConsumeLater);
  });

  it('is told where no message waits and where no route matches', async () => {
    const client = (await start()).client();
    await expect(client.consume('jobs')).rejects.toThrow(
      new MissingMessage('No message waits on jobs'),
    );
    await client.send('other');
    await expect(client.consume('other')).rejects.toThrow('No route matches');
    await expect(client.getNextMessage('jobs', { require: true })).rejects.toThrow(MissingMessage);
    expect(await client.consume('jobs', { require: false })).toBeUndefined();
  });

  it('gets replies, and what is sent to its groups', async () => {
    const test = await start();
    const client = test.client();
    await client.joinGroup('all');
    await test.channels.group('all').send({ text: 'to all' });
    expect(await client.receive()).toEqual({ text: 'to all' });
    expect(await client.receive()).toBeUndefined();
  });

  it('sees decisions as replies', async () => {
    const client = (await start()).client();
    await client.sendAndConsume('websocket.connect', { path: '/rooms/closed' });
    expect(await client.receive()).toMatchObject({ accept: false, status: 404 });
    await client.sendAndConsume('websocket.receive', { path: '/rooms/blue', text: '"bye"' });
    expect(await client.receive()).toMatchObject({ close: 4000, reason: 'as you wish' });
  });

  it('sees nothing of what a worker tells interface servers', async () => {
    const client = (await start()).client();
    await client.sendAndConsume('websocket.connect', { path: '/ordered' });
    expect(await client.receive()).toEqual({ accept: true });
    expect(await client.receive()).toBeUndefined();
  });
});
