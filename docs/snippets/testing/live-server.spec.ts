import { expect, it } from '@jest/globals';
import { createChannelsTest } from '@nest-channels/testing';
import { WebSocket } from 'ws';
import { AppModule } from '../chat/app.module.js';

it('real clients come to a real port', async () => {
  const test = await createChannelsTest({ imports: [AppModule], time: 'system' });
  const live = await test.liveServer(); // live.url is for a browser: page.goto(live.url)
  const socket = new WebSocket(`${live.wsUrl}/rooms/lobby?name=ada`);
  const joined = new Promise((resolve) => socket.once('message', resolve));
  expect(String(await joined)).toBe('{"joined":"ada"}');
  await test.close();
});
