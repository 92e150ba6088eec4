import { afterEach, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { Echo, Pages } from './support/consumers.js';
import { Tests } from './support/tests.js';

const tests = new Tests();
afterEach(tests.close);

describe('a live server', () => {
  it('serves real clients on a port of its own', async () => {
    const test = await tests.start({ providers: [Echo], controllers: [Pages], time: 'system' });
    const live = await test.liveServer();
    expect(await (await fetch(`${live.url}/made`, { method: 'POST' })).text()).toBe('made');
    const socket = new WebSocket(`${live.wsUrl}/echo`);
    const echoed = new Promise((resolve) => socket.once('message', resolve));
    socket.once('open', () => socket.send('over a port'));
    expect(String(await echoed)).toBe('over a port');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    await test.close();
    expect(await closed).toBe(1012);
  });
});
