import { afterEach, expect, it } from '@jest/globals';
import { WsAdapter } from '@nestjs/platform-ws';
import { type ChannelsTest, createChannelsTest } from '@nest-channels/testing';
import { ChatConsumers } from './chat.consumers.js';
import { ChatGateway } from './chat.gateway.js';

let test: ChannelsTest;
afterEach(() => test.close());

it.each(['/gateway', '/chat'])('%s speaks the same protocol, in one application', async (path) => {
  test = await createChannelsTest({
    providers: [ChatGateway, ChatConsumers],
    prepare: (app) => app.useWebSocketAdapter(new WsAdapter(app)),
  });
  const [ada, bob] = [test.webSocket(path), test.webSocket(path)];
  for (const socket of [ada, bob]) {
    await socket.connect();
    expect(await socket.receiveJson()).toEqual({ event: 'welcome' });
  }
  await ada.sendJson({ event: 'say', data: 'hi' });
  for (const socket of [ada, bob]) {
    expect(await socket.receiveJson()).toEqual({ event: 'said', data: 'hi' });
  }
  await bob.sendJson({ event: 'ping' });
  expect(await bob.receiveJson()).toEqual({ event: 'pong' });
});
